using CocoonOrleans.Inference.Cpu.Weights;
using CocoonOrleans.Inference.Cuda.Arguments;
using CocoonOrleans.Inference.Cuda.Driver;

namespace CocoonOrleans.Inference.Cuda;

/// <summary>
/// A matrix of weights on a GPU, row-major: each row padded with zeros to a multiple of 32 columns. Scales of integer weights, bfloat16, stand row by row in memory of their own.
/// The integers are those of the processor's <see cref="WeightMatrix"/>, so both compute the same model.
/// </summary>
internal sealed class CudaMatrix : IDisposable
{
    private readonly DeviceMemory _weights;
    private readonly DeviceMemory? _scales;

    /// <param name="device">The GPU.</param>
    /// <param name="format">How weights are kept.</param>
    /// <param name="rows">Numbers that a product gives.</param>
    /// <param name="columns">Numbers that it takes.</param>
    /// <exception cref="CudaException">The GPU has not so much memory.</exception>
    public CudaMatrix(ICudaDevice device, WeightFormat format, int rows, int columns)
    {
        (Format, Rows, Columns) = (format, rows, columns);
        Stride = WeightMatrix.Pad(columns, WeightMatrix.GroupColumns);
        _weights = new DeviceMemory(device, rows * RowBytes);
        if (IsScaled)
        {
            _scales = new DeviceMemory(device, rows * RowScaleBytes);
        }
    }

    /// <summary>How weights are kept.</summary>
    public WeightFormat Format { get; }

    /// <summary>Numbers that a product gives.</summary>
    public int Rows { get; }

    /// <summary>Numbers that a product takes.</summary>
    public int Columns { get; }

    /// <summary><see cref="Columns"/>, padded.</summary>
    public int Stride { get; }

    /// <summary>Whether weights are integers with scales.</summary>
    public bool IsScaled => Format is WeightFormat.Int8 or WeightFormat.Int4;

    /// <summary>Bytes of a row's weights.</summary>
    public long RowBytes => (long)Stride * Bits / 8;

    /// <summary>Bytes of a row's scales; 0 where there are none.</summary>
    public long RowScaleBytes => IsScaled ? (long)Stride / WeightMatrix.GroupColumns * sizeof(ushort) : 0;

    /// <summary>Bytes that a product reads.</summary>
    public long Bytes => Rows * (RowBytes + RowScaleBytes);

    /// <summary>How kernels are told of it.</summary>
    public DeviceMatrix Device => new() { Weights = _weights.Address, Scales = _scales?.Address ?? 0, Rows = Rows, Stride = Stride };

    /// <summary>Address of a row's weights.</summary>
    public nint WeightsOf(int row) => (nint)(_weights.Address + (row * RowBytes));

    /// <summary>Address of a row's scales.</summary>
    public nint ScalesOf(int row) => (nint)(_scales!.Address + (row * RowScaleBytes));

    /// <inheritdoc/>
    public void Dispose()
    {
        _weights.Dispose();
        _scales?.Dispose();
    }

    private int Bits => Format switch
    {
        WeightFormat.Float32 => 32,
        WeightFormat.BFloat16 => 16,
        WeightFormat.Int8 => 8,
        WeightFormat.Int4 => 4,
        _ => throw new InvalidOperationException($"no format {Format}"),
    };
}
