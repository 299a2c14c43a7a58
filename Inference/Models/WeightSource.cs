using System.Runtime.InteropServices;
using CocoonOrleans.Inference.Formats;
using TorchSharp;

namespace CocoonOrleans.Inference.Models;

/// <summary>
/// Makes tensors out of a model's weights. Lives as long as the model is being made, so the weights as they were read can go afterwards;
/// unless <see cref="Keep"/> is called, disposing it takes the tensors along.
/// </summary>
internal sealed class WeightSource(IReadOnlyDictionary<string, WeightTensor> weights, double normOffset) : IDisposable
{
    private const int CopyElements = 1 << 28;

    private readonly NamedWeights _weights = new(weights);
    private readonly List<torch.Tensor> _made = [];

    /// <summary>Makes one tensor out of parts that stand on top of each other.</summary>
    /// <exception cref="ModelFormatException">A part is missing or has another shape.</exception>
    public torch.Tensor Take((string Name, int Rows)[] parts, int? columns = null)
    {
        // Before memory is taken: the shape is what the model's configuration says, and that may say anything.
        var found = parts.Select(part => columns is { } known ? _weights.Find(part.Name, part.Rows, known) : _weights.Find(part.Name, part.Rows)).ToList();
        var rows = parts.Sum(part => part.Rows);
        var result = torch.empty(columns is { } width ? [rows, width] : [rows], torch.float32).DetachFromDisposeScope();
        _made.Add(result);
        var row = 0L;
        foreach (var tensor in found)
        {
            Copy(tensor.Values, result, row, columns ?? 1);
            row += tensor.Shape[0];
        }

        return result;
    }

    /// <summary>Makes the weights of a norm, raised as the family wants it.</summary>
    /// <exception cref="ModelFormatException">It is missing or has another shape.</exception>
    public torch.Tensor TakeNorm(string name, int size)
    {
        var norm = Take([(name, size)]);
        return normOffset == 0 ? norm : norm.add_(normOffset);
    }

    /// <summary>Refuses weights that nobody took.</summary>
    /// <param name="mayStay">Whether a tensor may be there without being used.</param>
    /// <exception cref="ModelFormatException">There is one.</exception>
    public void RefuseUnknown(Func<string, bool> mayStay) => _weights.RefuseUnknown(mayStay);

    /// <summary>Leaves the tensors to whoever took them.</summary>
    public void Keep() => _made.Clear();

    public void Dispose() => _made.ForEach(tensor => tensor.Dispose());

    private static void Copy(ReadOnlySpan<float> values, torch.Tensor target, long row, int columns)
    {
        // A span reaches 2 GiB at most, so a large matrix is filled some rows at a time.
        var step = Math.Max(1, CopyElements / columns);
        for (var done = 0; done < values.Length / columns; done += step)
        {
            var count = Math.Min(step, values.Length / columns - done);
            using var part = target.narrow(0, row + done, count);
            MemoryMarshal.AsBytes(values.Slice(done * columns, count * columns)).CopyTo(part.bytes);
        }
    }
}
