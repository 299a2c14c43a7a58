using System.Globalization;

namespace CocoonOrleans.Inference.Native;

/// <summary>The processor, or one of the machine's GPUs.</summary>
/// <param name="IsCuda">Whether it is a GPU.</param>
/// <param name="Index">Which GPU, in the order of the CUDA driver; 0 for the processor.</param>
public readonly record struct ComputeDevice(bool IsCuda, int Index)
{
    private const string Cuda = "cuda";
    private const int MostDevices = 64;

    /// <summary>Reads <c>cpu</c>, <c>cuda</c> (the first GPU) or <c>cuda:N</c> with N from 0 to 63.</summary>
    public static bool TryParse(string text, out ComputeDevice device)
    {
        device = default;
        if (text == "cpu")
        {
            return true;
        }

        var index = 0;
        var isCuda = text == Cuda
            || (text.StartsWith(Cuda + ":", StringComparison.Ordinal)
                && int.TryParse(text.AsSpan(Cuda.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out index)
                && index < MostDevices);
        device = new ComputeDevice(isCuda, index);
        return isCuda;
    }

    /// <summary>As <see cref="TryParse"/> reads it.</summary>
    public override string ToString() => IsCuda ? $"{Cuda}:{Index}" : "cpu";
}
