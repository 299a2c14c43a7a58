using System.Runtime.CompilerServices;

namespace CocoonOrleans.Inference.Cpu.Kernels;

/// <summary>Functions of sixteen floats.</summary>
internal static class LaneMath<TLanes>
    where TLanes : unmanaged, ILanes<TLanes>
{
    /// <summary>Added to a float of small magnitude this leaves its nearest integer in the lower bits: 1.5 x 2^23.</summary>
    public const float RoundingConstant = 12_582_912;

    private const float LogTwoUpper = 0.693359375f;
    private const float LogTwoLower = -2.12194440e-4f;

    /// <summary>
    /// e^x; relative error at most 3e-7. Arguments below -87 count as -87 and above 88 as 88; NaN gives NaN. e^x = 2^n e^r with |r| at most ln(2)/2 and seven terms of the
    /// series for e^r.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Exp(TLanes x)
    {
        x = TLanes.Min(TLanes.Max(x, TLanes.Broadcast(-87f)), TLanes.Broadcast(88f));
        var shifted = TLanes.MultiplyAdd(x, TLanes.Broadcast(1.44269504f), TLanes.Broadcast(RoundingConstant));
        var n = shifted - TLanes.Broadcast(RoundingConstant);
        var r = TLanes.MultiplyAdd(n, TLanes.Broadcast(-LogTwoUpper), x);
        r = TLanes.MultiplyAdd(n, TLanes.Broadcast(-LogTwoLower), r);
        var p = TLanes.MultiplyAdd(r, TLanes.Broadcast(1f / 5040), TLanes.Broadcast(1f / 720));
        p = TLanes.MultiplyAdd(p, r, TLanes.Broadcast(1f / 120));
        p = TLanes.MultiplyAdd(p, r, TLanes.Broadcast(1f / 24));
        p = TLanes.MultiplyAdd(p, r, TLanes.Broadcast(1f / 6));
        p = TLanes.MultiplyAdd(p, r, TLanes.Broadcast(0.5f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Broadcast(1f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Broadcast(1f));
        return p * TLanes.AddInts(TLanes.ShiftLeft(shifted, 23), TLanes.Broadcast(127 << 23));
    }

    /// <summary>1 / (1 + e^-x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Sigmoid(TLanes x) => TLanes.Broadcast(1f) / (TLanes.Broadcast(1f) + Exp(default(TLanes) - x));

    /// <summary>tanh(x), absolute error at most 3e-7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Tanh(TLanes x) => TLanes.Broadcast(1f) - (TLanes.Broadcast(2f) / (TLanes.Broadcast(1f) + Exp(x + x)));

    /// <summary>
    /// x Phi(x) by the error function's approximation 7.1.26 of Abramowitz and Stegun, whose absolute error is at most 1.5e-7: with z = |x| / sqrt(2) and
    /// t = 1 / (1 + 0.3275911 z), erf(z) = 1 - (a1 t + ... + a5 t^5) e^(-z^2).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Gelu(TLanes x)
    {
        var size = TLanes.Abs(x);
        var z = size * TLanes.Broadcast(0.707106781f);
        var t = TLanes.Broadcast(1f) / TLanes.MultiplyAdd(z, TLanes.Broadcast(0.3275911f), TLanes.Broadcast(1f));
        var p = TLanes.MultiplyAdd(t, TLanes.Broadcast(1.061405429f), TLanes.Broadcast(-1.453152027f));
        p = TLanes.MultiplyAdd(p, t, TLanes.Broadcast(1.421413741f));
        p = TLanes.MultiplyAdd(p, t, TLanes.Broadcast(-0.284496736f));
        p = TLanes.MultiplyAdd(p, t, TLanes.Broadcast(0.254829592f));
        var rest = size * p * t * Exp(default(TLanes) - (z * z));

        // Of x and |x| erf(z) half the sum; a negative x takes all of |x| but the rest away.
        return TLanes.Broadcast(0.5f) * (x + size - rest);
    }

    /// <summary>The nearest ints (ties to even) of floats below 2^22 in magnitude.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Round(TLanes x)
        => TLanes.SubtractInts(x + TLanes.Broadcast(RoundingConstant), TLanes.Broadcast(RoundingConstant));
}
