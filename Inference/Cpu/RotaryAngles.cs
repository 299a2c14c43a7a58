using CocoonOrleans.Inference.Cpu.Memory;
using CocoonOrleans.Inference.Models.Rotary;

namespace CocoonOrleans.Inference.Cpu;

/// <summary>Cosines and sines of a step's rows, computed in double for each step: a table of all positions of a long context would take more memory than the weights.</summary>
internal sealed unsafe class RotaryAngles : IDisposable
{
    private readonly double[] _frequencies;
    private readonly double _magnitude;
    private readonly NativeBlock _angles;

    /// <param name="turning">How the positions turn.</param>
    /// <param name="rows">The most rows.</param>
    public RotaryAngles(RotaryFrequencies turning, int rows)
    {
        (_frequencies, _magnitude) = (turning.Frequencies, turning.Magnitude);
        _angles = new NativeBlock(2L * rows * Pairs * sizeof(float));
    }

    /// <summary>Pairs of a head that turn.</summary>
    public int Pairs => _frequencies.Length;

    /// <summary>Computes a row's angles.</summary>
    public void Set(int row, int position)
    {
        var cosines = new Span<float>(Cosines(row), Pairs);
        var sines = new Span<float>(Sines(row), Pairs);
        for (var i = 0; i < Pairs; i++)
        {
            var (sine, cosine) = Math.SinCos(position * _frequencies[i]);
            cosines[i] = (float)(cosine * _magnitude);
            sines[i] = (float)(sine * _magnitude);
        }
    }

    /// <summary>A row's cosines.</summary>
    public float* Cosines(int row) => _angles.Pointer<float>(Pairs, 2L * row * Pairs);

    /// <summary>A row's sines.</summary>
    public float* Sines(int row) => _angles.Pointer<float>(Pairs, ((2L * row) + 1) * Pairs);

    /// <inheritdoc/>
    public void Dispose() => _angles.Dispose();
}
