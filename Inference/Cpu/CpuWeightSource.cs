using CocoonOrleans.Inference.Cpu.Memory;
using CocoonOrleans.Inference.Cpu.Threads;
using CocoonOrleans.Inference.Cpu.Weights;
using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models;

namespace CocoonOrleans.Inference.Cpu;

/// <summary>
/// Makes a decoder's matrices out of a model's weights, some rows at a time on all threads. Lives as long as the decoder is being made; unless <see cref="Keep"/> is called,
/// disposing it takes what was made along.
/// </summary>
internal sealed unsafe class CpuWeightSource(IReadOnlyDictionary<string, WeightTensor> weights, double normOffset, CpuTeam team) : IDisposable
{
    private const int RowsAtOnce = 16;

    private readonly NamedWeights _weights = new(weights);
    private readonly List<IDisposable> _made = [];

    /// <summary>Makes one matrix out of parts that stand on top of each other.</summary>
    /// <param name="format">How it is kept; null: in the smallest format that keeps every weight as it is. Products are the same bits in both that come into question.</param>
    /// <param name="parts">The parts.</param>
    /// <param name="columns">Columns of each.</param>
    /// <exception cref="ModelFormatException">A part is missing, has another shape, or holds a weight that is no finite number.</exception>
    public WeightMatrix Take(WeightFormat? format, (string Name, int Rows)[] parts, int columns)
    {
        // Before memory is taken: the shape is what the model's configuration says, and that may say anything.
        var found = parts.Select(part => _weights.Find(part.Name, part.Rows, columns)).ToList();
        var kept = format ?? (found.TrueForAll(tensor => BFloat16.Holds(tensor.Values)) ? WeightFormat.BFloat16 : WeightFormat.Float32);
        var matrix = Made(new WeightMatrix(kept, parts.Sum(part => part.Rows), columns));
        var firstRow = 0;
        foreach (var tensor in found)
        {
            var (target, rows) = (firstRow, tensor.Shape[0]);
            var copy = new ItemWork(team, (item, _) =>
            {
                var first = item * RowsAtOnce;
                var count = Math.Min(RowsAtOnce, rows - first);
                matrix.SetRows(target + first, tensor.Values.AsSpan(checked(first * columns), count * columns));
            });
            try
            {
                copy.RunAll((rows + RowsAtOnce - 1) / RowsAtOnce, fewest: 2);
            }
            catch (NotFiniteNumberException e)
            {
                throw new ModelFormatException("weights", tensor.Name, e.Message, e);
            }

            firstRow += rows;
        }

        return matrix;
    }

    /// <summary>Makes a vector out of parts that stand one behind the other.</summary>
    /// <exception cref="ModelFormatException">A part is missing or has another shape.</exception>
    public NativeBlock TakeVector((string Name, int Size)[] parts)
    {
        var found = parts.Select(part => _weights.Find(part.Name, part.Size)).ToList();
        var size = parts.Sum(part => part.Size);
        var block = Made(new NativeBlock((long)size * sizeof(float)));
        var target = new Span<float>(block.Pointer<float>(size), size);
        foreach (var tensor in found)
        {
            tensor.Values.CopyTo(target);
            target = target[tensor.Values.Length..];
        }

        return block;
    }

    /// <summary>Makes the weights of a norm, raised as the family wants it.</summary>
    /// <exception cref="ModelFormatException">It is missing or has another shape.</exception>
    public NativeBlock TakeNorm(string name, int size)
    {
        var norm = TakeVector([(name, size)]);
        foreach (ref var weight in new Span<float>(norm.Pointer<float>(size), size))
        {
            weight += (float)normOffset;
        }

        return norm;
    }

    /// <summary>Refuses weights that nobody took.</summary>
    /// <param name="mayStay">Whether a tensor may be there without being used.</param>
    /// <exception cref="ModelFormatException">There is one.</exception>
    public void RefuseUnknown(Func<string, bool> mayStay) => _weights.RefuseUnknown(mayStay);

    /// <summary>Leaves what was made to whoever took it.</summary>
    public void Keep() => _made.Clear();

    /// <inheritdoc/>
    public void Dispose() => _made.ForEach(part => part.Dispose());

    private T Made<T>(T part)
        where T : IDisposable
    {
        _made.Add(part);
        return part;
    }
}
