using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CocoonOrleans.Inference.Cpu.Kernels;

/// <summary>AVX2 with FMA: two registers.</summary>
internal readonly unsafe struct Lanes256(Vector256<float> lower, Vector256<float> upper) : ILanes<Lanes256>
{
    private readonly Vector256<float> _lower = lower;
    private readonly Vector256<float> _upper = upper;

    public static bool IsSupported => Avx2.IsSupported && Fma.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Broadcast(float value)
        => new(Vector256.Create(value), Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Broadcast(int value)
        => new(Vector256.Create(value).AsSingle(), Vector256.Create(value).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Load(void* source)
        => new(Vector256.Load((float*)source + 0), Vector256.Load((float*)source + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes256 value, void* target)
    {
        value._lower.Store((float*)target + 0);
        value._upper.Store((float*)target + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 LoadBFloat16(ushort* source)
        => new(
            Vector256.ShiftLeft(Avx2.ConvertToVector256Int32(source), 16).AsSingle(),
            Vector256.ShiftLeft(Avx2.ConvertToVector256Int32(source + 8), 16).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(Lanes256 ints, sbyte* target)
    {
        var shorts = Vector256.Narrow(ints._lower.AsInt32(), ints._upper.AsInt32());
        Vector128.Narrow(shorts.GetLower(), shorts.GetUpper()).Store(target);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator +(Lanes256 left, Lanes256 right)
        => new(left._lower + right._lower, left._upper + right._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator -(Lanes256 left, Lanes256 right)
        => new(left._lower - right._lower, left._upper - right._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator *(Lanes256 left, Lanes256 right)
        => new(left._lower * right._lower, left._upper * right._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator /(Lanes256 left, Lanes256 right)
        => new(left._lower / right._lower, left._upper / right._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 MultiplyAdd(Lanes256 left, Lanes256 right, Lanes256 addend)
        => new(Vector256.FusedMultiplyAdd(left._lower, right._lower, addend._lower), Vector256.FusedMultiplyAdd(left._upper, right._upper, addend._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Max(Lanes256 left, Lanes256 right)
        => new(Vector256.Max(left._lower, right._lower), Vector256.Max(left._upper, right._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Min(Lanes256 left, Lanes256 right)
        => new(Vector256.Min(left._lower, right._lower), Vector256.Min(left._upper, right._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Abs(Lanes256 value)
        => new(Vector256.Abs(value._lower), Vector256.Abs(value._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes256 value) => Folds.Sum(value._lower + value._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Lanes256 value) => Folds.Largest(Vector256.Max(value._lower, value._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 AddInts(Lanes256 left, Lanes256 right)
        => new((left._lower.AsInt32() + right._lower.AsInt32()).AsSingle(), (left._upper.AsInt32() + right._upper.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 SubtractInts(Lanes256 left, Lanes256 right)
        => new((left._lower.AsInt32() - right._lower.AsInt32()).AsSingle(), (left._upper.AsInt32() - right._upper.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 ShiftLeft(Lanes256 value, int bits)
        => new(Vector256.ShiftLeft(value._lower.AsInt32(), bits).AsSingle(), Vector256.ShiftLeft(value._upper.AsInt32(), bits).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 And(Lanes256 left, Lanes256 right)
        => new((left._lower.AsInt32() & right._lower.AsInt32()).AsSingle(), (left._upper.AsInt32() & right._upper.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 ToFloats(Lanes256 ints)
        => new(Vector256.ConvertToSingle(ints._lower.AsInt32()), Vector256.ConvertToSingle(ints._upper.AsInt32()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 LoadInt8(void* tile) => Load(tile);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 BeginDot(int sum) => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Dot(Lanes256 sums, Lanes256 weights, int activations)
        => new(Dot(sums._lower, weights._lower, activations), Dot(sums._upper, weights._upper, activations));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 LowNibbles(Lanes256 value)
        => new((value._lower.AsByte() & Vector256.Create((byte)15)).AsSingle(), (value._upper.AsByte() & Vector256.Create((byte)15)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 HighNibbles(Lanes256 value)
        => new((Vector256.ShiftRightLogical(value._lower.AsUInt16(), 4).AsByte() & Vector256.Create((byte)15)).AsSingle(), (Vector256.ShiftRightLogical(value._upper.AsUInt16(), 4).AsByte() & Vector256.Create((byte)15)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 NibbleDot(Lanes256 sums, Lanes256 weights, int activations)
        => new((sums._lower.AsInt16() + Avx2.MultiplyAddAdjacent(weights._lower.AsByte(), Vector256.Create(activations).AsSByte())).AsSingle(), (sums._upper.AsInt16() + Avx2.MultiplyAddAdjacent(weights._upper.AsByte(), Vector256.Create(activations).AsSByte())).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 EndNibbleDot(Lanes256 sums)
        => new(Avx2.MultiplyAddAdjacent(sums._lower.AsInt16(), Vector256<short>.One).AsSingle(), Avx2.MultiplyAddAdjacent(sums._upper.AsInt16(), Vector256<short>.One).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Dot(Vector256<float> sums, Vector256<float> weights, int activations)
    {
        // As with AVX-512: |w| x (x with the sign of w) can't saturate.
        var w = weights.AsSByte();
        var x = Avx2.Sign(Vector256.Create(activations).AsSByte(), w);
        var pairs = Avx2.MultiplyAddAdjacent(Avx2.Abs(w), x);
        return (sums.AsInt32() + Avx2.MultiplyAddAdjacent(pairs, Vector256<short>.One)).AsSingle();
    }
}
