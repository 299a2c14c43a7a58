using CocoonOrleans.Inference.Cpu.Weights;
using CocoonOrleans.Inference.Models;

namespace CocoonOrleans.Inference.Cpu.Kernels;

/// <summary>
/// The arithmetic of a decoder on a CPU. Pointers are the caller's care: nothing here checks a bound. Results don't depend on the implementation, nor on how many rows
/// are computed at once: each number is made by the same operations in the same order.
/// </summary>
internal abstract unsafe class CpuKernels
{
    /// <summary>All implementations that this processor can run, the fastest first.</summary>
    public static IReadOnlyList<CpuKernels> Supported { get; } = [.. FindSupported()];

    /// <summary>The fastest implementation for this processor.</summary>
    public static CpuKernels Best => Supported[0];

    /// <summary>Name of the instructions, for logs.</summary>
    public abstract string Name { get; }

    /// <summary>Multiplies some tile rows of a matrix with rows of activations: each tile is read from memory once for all of them.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="activations">Rows of <see cref="WeightMatrix.PaddedColumns"/> numbers, quantised (<see cref="Quantize"/>) where the matrix <see cref="WeightMatrix.IsScaled"/>.</param>
    /// <param name="rows">Number of activation rows.</param>
    /// <param name="product">Receives for each of them 16 floats for each tile row.</param>
    /// <param name="stride">Floats from one row of <paramref name="product"/> to the next.</param>
    /// <param name="add">Whether to add to what is there.</param>
    /// <param name="firstTile">The first tile row.</param>
    /// <param name="endTile">The tile row after the last.</param>
    public abstract void Multiply(WeightMatrix matrix, in Activations activations, int rows, float* product, nint stride, bool add, int firstTile, int endTile);

    /// <summary>Quantises one row of activations to int8, -127 to 127, with a float scale for each 32 of them. A group with an infinity or NaN gets a scale that is no finite number.</summary>
    /// <param name="activations">Rows.</param>
    /// <param name="row">The row.</param>
    public abstract void Quantize(in Activations activations, int row);

    /// <summary>Root mean square norm: x / sqrt(mean(x^2) + epsilon) x weight.</summary>
    /// <param name="x">Numbers.</param>
    /// <param name="weight">As many.</param>
    /// <param name="count">How many.</param>
    /// <param name="epsilon">Added to the mean.</param>
    /// <param name="y">Receives as many; may be <paramref name="x"/>.</param>
    public abstract void RmsNorm(float* x, float* weight, int count, float epsilon, float* y);

    /// <summary>Norm over mean and variance: (x - mean) / sqrt(mean((x - mean)^2) + epsilon) x weight + bias.</summary>
    /// <param name="x">Numbers.</param>
    /// <param name="weight">As many.</param>
    /// <param name="bias">As many.</param>
    /// <param name="count">How many.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="y">Receives as many; may be <paramref name="x"/>.</param>
    public abstract void LayerNorm(float* x, float* weight, float* bias, int count, float epsilon, float* y);

    /// <summary>y = x Phi(x), GELU in its exact form; absolute error at most 3e-7 |x|.</summary>
    /// <param name="x">Numbers; up to 15 more are read.</param>
    /// <param name="count">How many.</param>
    /// <param name="y">Receives as many; up to 15 more become zero.</param>
    public abstract void Gelu(float* x, int count, float* y);

    /// <summary>Turns the first 2 x <paramref name="half"/> numbers of a head by a position's angles; number i and number i + half are a pair (rotate-half).</summary>
    public abstract void Rotate(float* head, float* cosines, float* sines, int half);

    /// <summary>y = activation(gate) x up.</summary>
    /// <param name="activation">SiLU, or GELU in its tanh form.</param>
    /// <param name="gate">Numbers; up to 15 more are read.</param>
    /// <param name="up">As many; up to 15 more are read.</param>
    /// <param name="count">How many.</param>
    /// <param name="y">Receives as many; up to 15 more become zero.</param>
    public abstract void Gate(Activation activation, float* gate, float* up, int count, float* y);

    /// <summary>x += y.</summary>
    public abstract void Add(float* x, float* y, int count);

    /// <summary>x = cap x tanh(x / cap).</summary>
    public abstract void SoftCap(float* x, int count, float cap);

    /// <summary>Attention of the query heads that share a key head, for one or some neighbouring positions.</summary>
    /// <param name="head">Where queries, keys and values are.</param>
    /// <param name="scores">Room for <see cref="AttentionHead.Heads"/> x <see cref="AttentionHead.Positions"/> x (positions attended to, rounded up to 16, plus 16) floats.</param>
    public abstract void Attend(in AttentionHead head, float* scores);

    private static IEnumerable<CpuKernels> FindSupported()
    {
        if (Lanes512.IsSupported)
        {
            // Its own int8 products are as fast as AVX-VNNI's on half the width (measured on Zen 5).
            yield return new LaneKernels<Lanes512>("AVX-512", fourRows: true);
        }

        if (Lanes256<VnniProducts>.IsSupported)
        {
            yield return new LaneKernels<Lanes256<VnniProducts>>("AVX2 with AVX-VNNI", fourRows: false);
        }

        if (Lanes256<PairProducts>.IsSupported)
        {
            yield return new LaneKernels<Lanes256<PairProducts>>("AVX2", fourRows: false);
        }

        yield return new LaneKernels<Lanes128>("portable", fourRows: false);
    }
}
