using System.Runtime.InteropServices;
using CocoonOrleans.Inference.Formats;
using TorchSharp;

namespace CocoonOrleans.Inference.Models;

/// <summary>Makes a model's tensors out of its weights.</summary>
/// <param name="weights">The weights by name; they can go once the tensors are made.</param>
/// <param name="normOffset">See <see cref="DecoderConfig.NormOffset"/>.</param>
/// <param name="place">Where matrices and biases go, and in which numbers.</param>
internal sealed class TorchWeightSource(IReadOnlyDictionary<string, WeightTensor> weights, double normOffset, TorchPlace place) : IWeightSource<torch.Tensor, torch.Tensor>
{
    private const int CopyElements = 1 << 24;

    private readonly NamedWeights _weights = new(weights);
    private readonly List<torch.Tensor> _made = [];

    /// <inheritdoc/>
    public torch.Tensor TakeMatrix(bool outermost, (string Name, int Rows)[] parts, int columns) => Take(parts, columns, place.Numbers);

    /// <inheritdoc/>
    public torch.Tensor TakeVector((string Name, int Size)[] parts) => Take(parts, null, place.Numbers);

    /// <inheritdoc/>
    public torch.Tensor TakeNorm(string name, int size)
    {
        var norm = Take([(name, size)], null, torch.float32);
        return normOffset == 0 ? norm : norm.add_(normOffset);
    }

    /// <inheritdoc/>
    public void RefuseUnknown(Func<string, bool> mayStay) => _weights.RefuseUnknown(mayStay);

    /// <inheritdoc/>
    public void Keep() => _made.Clear();

    /// <inheritdoc/>
    public void Dispose() => _made.ForEach(tensor => tensor.Dispose());

    private torch.Tensor Take((string Name, int Rows)[] parts, int? columns, torch.ScalarType numbers)
    {
        // Before memory is taken: the shape is what the model's configuration says, and that may say anything.
        var found = parts.Select(part => columns is { } known ? _weights.Find(part.Name, part.Rows, known) : _weights.Find(part.Name, part.Rows)).ToList();
        var rows = parts.Sum(part => part.Rows);
        var result = torch.empty(columns is { } width ? [rows, width] : [rows], numbers, place.Device).DetachFromDisposeScope();
        _made.Add(result);
        var row = 0L;
        foreach (var tensor in found)
        {
            Copy(tensor.Values, result, row, columns ?? 1);
            row += tensor.Shape[0];
        }

        return result;
    }

    /// <summary>Some rows at a time, so that no second copy of a large matrix is held: each is rounded and moved to where it belongs on its own.</summary>
    private static void Copy(ReadOnlySpan<float> values, torch.Tensor target, long row, int columns)
    {
        var step = Math.Max(1, CopyElements / columns);
        for (var done = 0; done < values.Length / columns; done += step)
        {
            using var scope = torch.NewDisposeScope();
            var count = Math.Min(step, values.Length / columns - done);
            var part = torch.empty(target.dim() == 1 ? [count] : [count, columns], torch.float32);
            MemoryMarshal.AsBytes(values.Slice(done * columns, count * columns)).CopyTo(part.bytes);
            target.narrow(0, row + done, count).copy_(part);
        }
    }
}
