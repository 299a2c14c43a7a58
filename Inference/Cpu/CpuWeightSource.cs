using CocoonOrleans.Inference.Cpu.Memory;
using CocoonOrleans.Inference.Cpu.Threads;
using CocoonOrleans.Inference.Cpu.Weights;
using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models;

namespace CocoonOrleans.Inference.Cpu;

/// <summary>Makes a model's matrices out of a model's weights, some rows at a time on all threads.</summary>
/// <param name="weights">The weights by name; they can go once the matrices are made.</param>
/// <param name="normOffset">See <see cref="DecoderConfig.NormOffset"/>.</param>
/// <param name="format">Of the layers' matrices; null: each in the smallest format that keeps every weight as it is.</param>
/// <param name="team">Threads.</param>
internal sealed unsafe class CpuWeightSource(IReadOnlyDictionary<string, WeightTensor> weights, double normOffset, WeightFormat? format, CpuTeam team)
    : IWeightSource<WeightMatrix, NativeBlock>
{
    private const int RowsAtOnce = 16;

    private readonly NamedWeights _weights = new(weights);
    private readonly List<IDisposable> _made = [];

    /// <inheritdoc/>
    public WeightMatrix TakeMatrix(bool outermost, (string Name, int Rows)[] parts, int columns) => Take(outermost ? format?.Outermost() : format, parts, columns);

    /// <summary>Makes one matrix out of parts that stand on top of each other.</summary>
    /// <param name="kept">How it is kept; null: in the smallest format that keeps every weight as it is. Products are the same bits in both that come into question.</param>
    /// <param name="parts">The parts.</param>
    /// <param name="columns">Columns of each.</param>
    /// <exception cref="ModelFormatException">A part is missing, has another shape, or holds a weight that is no finite number.</exception>
    public WeightMatrix Take(WeightFormat? kept, (string Name, int Rows)[] parts, int columns)
    {
        // Before memory is taken: the shape is what the model's configuration says, and that may say anything.
        var found = parts.Select(part => _weights.Find(part.Name, part.Rows, columns)).ToList();
        kept ??= found.TrueForAll(tensor => BFloat16.Holds(tensor.Values)) ? WeightFormat.BFloat16 : WeightFormat.Float32;
        var matrix = Made(new WeightMatrix(kept.Value, parts.Sum(part => part.Rows), columns));
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

    /// <inheritdoc/>
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

    /// <inheritdoc/>
    public NativeBlock TakeNorm(string name, int size)
    {
        var norm = TakeVector([(name, size)]);
        foreach (ref var weight in new Span<float>(norm.Pointer<float>(size), size))
        {
            weight += (float)normOffset;
        }

        return norm;
    }

    /// <inheritdoc/>
    public void RefuseUnknown(Func<string, bool> mayStay) => _weights.RefuseUnknown(mayStay);

    /// <inheritdoc/>
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
