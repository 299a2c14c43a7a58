using System.Runtime.Intrinsics;

namespace CocoonOrleans.Inference.Cpu.Weights;

/// <summary>Turns 32 weights into small integers and a scale. The scale is rounded to bfloat16 first, so its rounding costs nothing: integers are chosen for what it became.</summary>
internal static unsafe class GroupQuantizer
{
    /// <summary>Weights all below this are zeros: their scale would be no normal number.</summary>
    private const float Smallest = 1e-30f;

    /// <summary>Scales tried for int4 on each side of the one that just holds the largest weight.</summary>
    private const int Candidates = 7;

    /// <summary>From -127 to 127; the largest magnitude decides the scale.</summary>
    /// <returns>The scale, bfloat16.</returns>
    public static ushort Int8(ReadOnlySpan<float> weights, sbyte* quantized)
    {
        var largest = MathF.Abs(WithLargestMagnitude(weights));
        if (largest < Smallest)
        {
            new Span<sbyte>(quantized, weights.Length).Clear();
            return 0;
        }

        // Away from zero: the largest weight then is at most 127.
        var scale = BFloat16.RoundAway(largest / 127);
        var inverse = 1 / BFloat16.ToFloat(scale);
        for (var i = 0; i < weights.Length; i++)
        {
            quantized[i] = (sbyte)Math.Clamp(MathF.Round(weights[i] * inverse), -127f, 127f);
        }

        return scale;
    }

    /// <summary>From 0 to 15, meaning -8 to 7, and a scale of either sign: of several, the one with the least squared error.</summary>
    /// <returns>The scale, bfloat16.</returns>
    public static ushort Int4(ReadOnlySpan<float> weights, byte* quantized)
    {
        var extreme = WithLargestMagnitude(weights);
        if (MathF.Abs(extreme) < Smallest)
        {
            new Span<byte>(quantized, weights.Length).Fill(8);
            return 0;
        }

        var best = default(ushort);
        var least = float.PositiveInfinity;
        for (var i = -Candidates; i <= Candidates; i++)
        {
            // The extreme weight becomes about -8 (there is one step more on that side).
            var scale = BFloat16.Round(extreme / (-8f + (i * 0.15f)));
            var error = SquaredError(weights, BFloat16.ToFloat(scale), 1 / MathF.Abs(extreme));
            if (error < least)
            {
                (best, least) = (scale, error);
            }
        }

        if (float.IsPositiveInfinity(least))
        {
            throw new NotFiniteNumberException("holds numbers too large for 4 bits");
        }

        var inverse = 1 / BFloat16.ToFloat(best);
        for (var i = 0; i < weights.Length; i++)
        {
            quantized[i] = (byte)(Math.Clamp(MathF.Round(weights[i] * inverse), -8f, 7f) + 8);
        }

        return best;
    }

    /// <summary>In parts of the extreme weight, since squares of large ones have no float32.</summary>
    private static float SquaredError(ReadOnlySpan<float> weights, float scale, float norm)
    {
        var inverse = Vector128.Create(1 / scale);
        var sum = Vector128<float>.Zero;
        for (var i = 0; i < weights.Length; i += Vector128<float>.Count)
        {
            var weight = Vector128.Create(weights.Slice(i, Vector128<float>.Count));
            var steps = Vector128.Min(Vector128.Max(Vector128.Round(weight * inverse), Vector128.Create(-8f)), Vector128.Create(7f));
            var difference = (weight - (steps * scale)) * norm;
            sum += difference * difference;
        }

        return Vector128.Sum(sum);
    }

    private static float WithLargestMagnitude(ReadOnlySpan<float> weights)
    {
        var largest = 0f;
        foreach (var weight in weights)
        {
            largest = MathF.Abs(weight) > MathF.Abs(largest) ? weight : largest;
        }

        return largest;
    }
}
