namespace CocoonOrleans.Inference.Cpu.Kernels;

/// <summary>Rows of activations, side by side in memory.</summary>
/// <param name="values">Floats; what pads a row is zero.</param>
/// <param name="quantized">The same as int8; null where no matrix wants it.</param>
/// <param name="scales">Their scales, one for each 32.</param>
/// <param name="sums">Their sums, one for each 32.</param>
/// <param name="stride">Length of a row, a multiple of 32.</param>
internal readonly unsafe struct Activations(float* values, sbyte* quantized, float* scales, int* sums, int stride)
{
    /// <summary>Length of a row.</summary>
    public int Stride => stride;

    /// <summary>Groups of 32 in a row.</summary>
    public int Groups => stride / Weights.WeightMatrix.GroupColumns;

    /// <summary>A row's floats.</summary>
    public float* Values(int row) => values + ((nint)row * stride);

    /// <summary>A row as int8.</summary>
    public sbyte* Quantized(int row) => quantized + ((nint)row * stride);

    /// <summary>A row's scales.</summary>
    public float* Scales(int row) => scales + ((nint)row * Groups);

    /// <summary>A row's sums of int8.</summary>
    public int* Sums(int row) => sums + ((nint)row * Groups);
}
