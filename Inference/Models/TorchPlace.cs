using static TorchSharp.torch;

namespace CocoonOrleans.Inference.Models;

/// <summary>Where libtorch computes, and in which numbers.</summary>
/// <param name="Device">The processor or a GPU.</param>
/// <param name="Numbers">Of weights, activations, keys and values: float32, or bfloat16. Norms, their weights and the logits are float32 in both.</param>
internal sealed record TorchPlace(Device Device, ScalarType Numbers)
{
    /// <summary>The processor, float32: the reference. libtorch must be loaded.</summary>
    public static TorchPlace Reference => new(CPU, ScalarType.Float32);

    /// <summary>Brings a tensor there, in these numbers.</summary>
    public Tensor Take(Tensor tensor) => tensor.to(Numbers, Device);

    /// <summary>Whole numbers as a tensor there.</summary>
    public Tensor Indices(ReadOnlySpan<int> numbers)
    {
        var wide = new long[numbers.Length];
        for (var i = 0; i < wide.Length; i++)
        {
            wide[i] = numbers[i];
        }

        return tensor(wide, device: Device);
    }
}
