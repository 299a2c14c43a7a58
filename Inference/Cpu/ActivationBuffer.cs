using CocoonOrleans.Inference.Cpu.Kernels;
using CocoonOrleans.Inference.Cpu.Memory;
using CocoonOrleans.Inference.Cpu.Weights;

namespace CocoonOrleans.Inference.Cpu;

/// <summary>Memory for rows of activations, as floats and, where matrices want it, as int8.</summary>
internal sealed unsafe class ActivationBuffer : IDisposable
{
    private readonly NativeBlock _values;
    private readonly NativeBlock? _quantized;
    private readonly NativeBlock? _scales;
    private readonly NativeBlock? _sums;

    /// <param name="rows">The most rows.</param>
    /// <param name="columns">Numbers of a row; padded to a multiple of 32.</param>
    /// <param name="quantized">Whether they are needed as int8 too.</param>
    public ActivationBuffer(int rows, int columns, bool quantized)
    {
        var stride = WeightMatrix.Pad(columns, WeightMatrix.GroupColumns);
        var numbers = (long)rows * stride;
        _values = new NativeBlock(numbers * sizeof(float));
        if (quantized)
        {
            _quantized = new NativeBlock(numbers);
            _scales = new NativeBlock(numbers / WeightMatrix.GroupColumns * sizeof(float));
            _sums = new NativeBlock(numbers / WeightMatrix.GroupColumns * sizeof(int));
        }

        Rows = new Activations(
            _values.Pointer<float>(numbers),
            _quantized is null ? null : _quantized.Pointer<sbyte>(numbers),
            _scales is null ? null : _scales.Pointer<float>(numbers / WeightMatrix.GroupColumns),
            _sums is null ? null : _sums.Pointer<int>(numbers / WeightMatrix.GroupColumns),
            stride);
        IsQuantized = quantized;
    }

    /// <summary>The rows.</summary>
    public Activations Rows { get; }

    /// <summary>Whether matrices want int8.</summary>
    public bool IsQuantized { get; }

    /// <summary>A row's floats.</summary>
    public float* this[int row] => Rows.Values(row);

    /// <summary>Makes int8 of a row's floats, if matrices want it.</summary>
    public void Finish(CpuKernels kernels, int row)
    {
        if (IsQuantized)
        {
            kernels.Quantize(Rows, row);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _values.Dispose();
        _quantized?.Dispose();
        _scales?.Dispose();
        _sums?.Dispose();
    }
}
