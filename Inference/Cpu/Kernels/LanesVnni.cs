using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CocoonOrleans.Inference.Cpu.Kernels;

/// <summary>AVX2 with AVX-VNNI, whose one instruction does four int8 products of a lane: two registers.</summary>
internal readonly unsafe struct LanesVnni(Vector256<float> lower, Vector256<float> upper) : ILanes<LanesVnni>
{
    private readonly Vector256<float> _lower = lower;
    private readonly Vector256<float> _upper = upper;

    public static bool IsSupported => Avx2.IsSupported && Fma.IsSupported && AvxVnni.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni Broadcast(float value)
        => new(Vector256.Create(value), Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni Broadcast(int value)
        => new(Vector256.Create(value).AsSingle(), Vector256.Create(value).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni Load(void* source)
        => new(Vector256.Load((float*)source + 0), Vector256.Load((float*)source + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(LanesVnni value, void* target)
    {
        value._lower.Store((float*)target + 0);
        value._upper.Store((float*)target + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni LoadBFloat16(ushort* source)
        => new(
            Vector256.ShiftLeft(Avx2.ConvertToVector256Int32(source), 16).AsSingle(),
            Vector256.ShiftLeft(Avx2.ConvertToVector256Int32(source + 8), 16).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(LanesVnni ints, sbyte* target)
    {
        var shorts = Vector256.Narrow(ints._lower.AsInt32(), ints._upper.AsInt32());
        Vector128.Narrow(shorts.GetLower(), shorts.GetUpper()).Store(target);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni operator +(LanesVnni left, LanesVnni right)
        => new(left._lower + right._lower, left._upper + right._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni operator -(LanesVnni left, LanesVnni right)
        => new(left._lower - right._lower, left._upper - right._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni operator *(LanesVnni left, LanesVnni right)
        => new(left._lower * right._lower, left._upper * right._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni operator /(LanesVnni left, LanesVnni right)
        => new(left._lower / right._lower, left._upper / right._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni MultiplyAdd(LanesVnni left, LanesVnni right, LanesVnni addend)
        => new(Vector256.FusedMultiplyAdd(left._lower, right._lower, addend._lower), Vector256.FusedMultiplyAdd(left._upper, right._upper, addend._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni Max(LanesVnni left, LanesVnni right)
        => new(Vector256.Max(left._lower, right._lower), Vector256.Max(left._upper, right._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni Min(LanesVnni left, LanesVnni right)
        => new(Vector256.Min(left._lower, right._lower), Vector256.Min(left._upper, right._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni Abs(LanesVnni value)
        => new(Vector256.Abs(value._lower), Vector256.Abs(value._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(LanesVnni value) => Folds.Sum(value._lower + value._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(LanesVnni value) => Folds.Largest(Vector256.Max(value._lower, value._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni AddInts(LanesVnni left, LanesVnni right)
        => new((left._lower.AsInt32() + right._lower.AsInt32()).AsSingle(), (left._upper.AsInt32() + right._upper.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni SubtractInts(LanesVnni left, LanesVnni right)
        => new((left._lower.AsInt32() - right._lower.AsInt32()).AsSingle(), (left._upper.AsInt32() - right._upper.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni ShiftLeft(LanesVnni value, int bits)
        => new(Vector256.ShiftLeft(value._lower.AsInt32(), bits).AsSingle(), Vector256.ShiftLeft(value._upper.AsInt32(), bits).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni And(LanesVnni left, LanesVnni right)
        => new((left._lower.AsInt32() & right._lower.AsInt32()).AsSingle(), (left._upper.AsInt32() & right._upper.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni ToFloats(LanesVnni ints)
        => new(Vector256.ConvertToSingle(ints._lower.AsInt32()), Vector256.ConvertToSingle(ints._upper.AsInt32()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni LoadInt8(void* tile)
        => new((Vector256.Load((byte*)tile + 0) ^ Vector256.Create((byte)128)).AsSingle(), (Vector256.Load((byte*)tile + 32) ^ Vector256.Create((byte)128)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni BeginDot(int sum) => Broadcast(unchecked(-128 * sum));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni Dot(LanesVnni sums, LanesVnni weights, int activations)
        => new(Dot(sums._lower, weights._lower, activations), Dot(sums._upper, weights._upper, activations));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni LowNibbles(LanesVnni value)
        => new((value._lower.AsByte() & Vector256.Create((byte)15)).AsSingle(), (value._upper.AsByte() & Vector256.Create((byte)15)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni HighNibbles(LanesVnni value)
        => new((Vector256.ShiftRightLogical(value._lower.AsUInt16(), 4).AsByte() & Vector256.Create((byte)15)).AsSingle(), (Vector256.ShiftRightLogical(value._upper.AsUInt16(), 4).AsByte() & Vector256.Create((byte)15)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni NibbleDot(LanesVnni sums, LanesVnni weights, int activations) => Dot(sums, weights, activations);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni EndNibbleDot(LanesVnni sums) => sums;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Dot(Vector256<float> sums, Vector256<float> weights, int activations)
        => AvxVnni.MultiplyWideningAndAdd(sums.AsInt32(), weights.AsByte(), Vector256.Create(activations).AsSByte()).AsSingle();
}
