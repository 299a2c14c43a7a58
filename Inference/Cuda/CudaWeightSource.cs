using CocoonOrleans.Inference.Cpu.Weights;
using CocoonOrleans.Inference.Cuda.Driver;
using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models;

namespace CocoonOrleans.Inference.Cuda;

/// <summary>Brings a model's weights to a GPU, some rows at a time, packed on several threads.</summary>
/// <param name="weights">The weights by name; they can go once all are taken.</param>
/// <param name="normOffset">See <see cref="DecoderConfig.NormOffset"/>.</param>
/// <param name="format">Of the layers' matrices.</param>
/// <param name="device">The GPU.</param>
/// <param name="threads">How many pack.</param>
internal sealed class CudaWeightSource(IReadOnlyDictionary<string, WeightTensor> weights, double normOffset, WeightFormat format, ICudaDevice device, int threads)
    : IWeightSource<CudaMatrix, DeviceMemory>
{
    private const int StagingBytes = 8 << 20;

    private readonly NamedWeights _weights = new(weights);
    private readonly List<IDisposable> _made = [];
    private readonly ParallelOptions _parallel = new() { MaxDegreeOfParallelism = threads };

    /// <inheritdoc/>
    public CudaMatrix TakeMatrix(bool outermost, (string Name, int Rows)[] parts, int columns)
    {
        // Before memory is taken: the shape is what the model's configuration says, and that may say anything.
        var found = parts.Select(part => _weights.Find(part.Name, part.Rows, columns)).ToList();
        var matrix = Made(new CudaMatrix(device, outermost ? format.Outermost() : format, parts.Sum(part => part.Rows), columns));
        var firstRow = 0;
        foreach (var tensor in found)
        {
            Upload(tensor, matrix, firstRow);
            firstRow += tensor.Shape[0];
        }

        return matrix;
    }

    /// <inheritdoc/>
    public DeviceMemory TakeVector((string Name, int Size)[] parts)
        => Upload([.. parts.Select(part => _weights.Find(part.Name, part.Size)).SelectMany(tensor => tensor.Values)]);

    /// <inheritdoc/>
    public DeviceMemory TakeNorm(string name, int size) => Upload([.. _weights.Find(name, size).Values.Select(weight => weight + (float)normOffset)]);

    /// <inheritdoc/>
    public void RefuseUnknown(Func<string, bool> mayStay) => _weights.RefuseUnknown(mayStay);

    /// <inheritdoc/>
    public void Keep() => _made.Clear();

    /// <inheritdoc/>
    public void Dispose() => _made.ForEach(part => part.Dispose());

    private void Upload(WeightTensor tensor, CudaMatrix matrix, int firstRow)
    {
        var (rows, columns) = (tensor.Shape[0], matrix.Columns);
        var (rowBytes, scaleBytes) = (checked((int)matrix.RowBytes), checked((int)matrix.RowScaleBytes));
        var atOnce = Math.Clamp(StagingBytes / rowBytes, 1, rows);
        using var weights = new PinnedMemory(device, (long)atOnce * rowBytes);
        using var scales = new PinnedMemory(device, Math.Max(1, (long)atOnce * scaleBytes));
        for (var done = 0; done < rows; done += atOnce)
        {
            var (first, count) = (done, Math.Min(atOnce, rows - done));
            try
            {
                Parallel.For(0, count, _parallel, i => MatrixPacking.PackRow(
                    matrix.Format,
                    tensor.Values.AsSpan(checked((first + i) * columns), columns),
                    weights.Span<byte>(i * rowBytes, rowBytes),
                    scales.Span<ushort>(i * scaleBytes / sizeof(ushort), scaleBytes / sizeof(ushort))));
            }
            catch (AggregateException e) when (e.InnerException is NotFiniteNumberException cause)
            {
                throw new ModelFormatException("weights", tensor.Name, cause.Message, cause);
            }

            device.Upload(matrix.WeightsOf(firstRow + first), weights.Address, (long)count * rowBytes);
            if (matrix.IsScaled)
            {
                device.Upload(matrix.ScalesOf(firstRow + first), scales.Address, (long)count * scaleBytes);
            }

            device.Synchronize();
        }
    }

    private DeviceMemory Upload(float[] values)
    {
        var bytes = (long)values.Length * sizeof(float);
        using var staging = new PinnedMemory(device, bytes);
        values.CopyTo(staging.Span<float>(0, values.Length));
        var memory = Made(new DeviceMemory(device, bytes));
        device.Upload(memory.Address, staging.Address, bytes);
        device.Synchronize();
        return memory;
    }

    private T Made<T>(T part)
        where T : IDisposable
    {
        _made.Add(part);
        return part;
    }
}
