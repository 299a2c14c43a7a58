using CocoonOrleans.Inference.Cpu.Kernels;
using CocoonOrleans.Inference.Cpu.Memory;
using CocoonOrleans.Inference.Cpu.Weights;

namespace CocoonOrleans.Tests.Inference.Cpu.Kernels;

/// <summary>A matrix and activations with room for a product, filled from a seed.</summary>
internal sealed unsafe class Operands : IDisposable
{
    private readonly NativeBlock _values;
    private readonly NativeBlock _quantized;
    private readonly NativeBlock _scales;
    private readonly NativeBlock _sums;
    private readonly NativeBlock _product;

    public Operands(WeightFormat format, int rows, int columns, int activationRows, Func<int, int, float> weight, Func<int, int, float> activation)
    {
        Matrix = new WeightMatrix(format, rows, columns);
        ActivationRows = activationRows;
        var values = new float[columns];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                values[column] = weight(row, column);
            }

            Matrix.SetRows(row, values);
        }

        var stride = Matrix.PaddedColumns;
        _values = new NativeBlock(sizeof(float) * stride * activationRows);
        _quantized = new NativeBlock(stride * activationRows);
        _scales = new NativeBlock(sizeof(float) * Matrix.Groups * activationRows);
        _sums = new NativeBlock(sizeof(int) * Matrix.Groups * activationRows);
        _product = new NativeBlock(sizeof(float) * ProductStride * activationRows);
        Activations = new Activations(_values.Pointer<float>(1), _quantized.Pointer<sbyte>(1), _scales.Pointer<float>(1), _sums.Pointer<int>(1), stride);
        for (var row = 0; row < activationRows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                Activations.Values(row)[column] = activation(row, column);
            }
        }
    }

    public WeightMatrix Matrix { get; }

    public Activations Activations { get; }

    public int ActivationRows { get; }

    public int ProductStride => Matrix.Tiles * WeightMatrix.TileRows;

    /// <summary>Activations x weights, as [activation rows, rows], by these kernels.</summary>
    public float[] Multiply(CpuKernels kernels, int fromRow = 0, int? rows = null, bool add = false)
    {
        var count = rows ?? ActivationRows - fromRow;
        for (var row = 0; row < ActivationRows && Matrix.IsScaled; row++)
        {
            kernels.Quantize(Activations, row);
        }

        var from = new Activations(
            Activations.Values(fromRow), Activations.Quantized(fromRow), Activations.Scales(fromRow), Activations.Sums(fromRow), Activations.Stride);
        kernels.Multiply(Matrix, from, count, _product.Pointer<float>(1), ProductStride, add, 0, Matrix.Tiles);
        var result = new float[count * Matrix.Rows];
        for (var row = 0; row < count; row++)
        {
            new ReadOnlySpan<float>(_product.Pointer<float>(Matrix.Rows, row * ProductStride), Matrix.Rows).CopyTo(result.AsSpan(row * Matrix.Rows));
        }

        return result;
    }

    /// <summary>The same in double, from the weights and activations as they were stored.</summary>
    public (double Value, double Magnitude)[] Reference(CpuKernels kernels)
    {
        for (var row = 0; row < ActivationRows; row++)
        {
            kernels.Quantize(Activations, row);
        }

        var result = new (double, double)[ActivationRows * Matrix.Rows];
        var weights = new float[Matrix.Columns];
        for (var row = 0; row < Matrix.Rows; row++)
        {
            Matrix.ReadRow(row, weights);
            for (var i = 0; i < ActivationRows; i++)
            {
                var (sum, magnitude) = (0d, 0d);
                for (var column = 0; column < Matrix.Columns; column++)
                {
                    var x = Matrix.IsScaled
                        ? (double)Activations.Quantized(i)[column] * Activations.Scales(i)[column / 32]
                        : Activations.Values(i)[column];
                    sum += x * weights[column];
                    magnitude += Math.Abs(x * weights[column]);
                }

                result[(i * Matrix.Rows) + row] = (sum, magnitude);
            }
        }

        return result;
    }

    public void Dispose()
    {
        Matrix.Dispose();
        _values.Dispose();
        _quantized.Dispose();
        _scales.Dispose();
        _sums.Dispose();
        _product.Dispose();
    }
}
