using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CocoonOrleans.Inference.Cpu.Kernels;

/// <summary>AVX2 with FMA: two registers.</summary>
/// <typeparam name="TProducts">How it multiplies bytes.</typeparam>
internal readonly unsafe struct Lanes256<TProducts>(Vector256<float> lower, Vector256<float> upper) : ILanes<Lanes256<TProducts>>
    where TProducts : IByteProducts
{
    private readonly Vector256<float> _lower = lower;
    private readonly Vector256<float> _upper = upper;

    public static bool IsSupported => Avx2.IsSupported && Fma.IsSupported && TProducts.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<TProducts> Broadcast(float value)
        => new(Vector256.Create(value), Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<TProducts> Broadcast(int value)
        => new(Vector256.Create(value).AsSingle(), Vector256.Create(value).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<TProducts> BroadcastFour(sbyte* source) => Broadcast(*(float*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<TProducts> Load(void* source)
        => new(Vector256.Load((float*)source), Vector256.Load(unchecked((float*)source + 8)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes256<TProducts> value, void* target)
    {
        value._lower.Store((float*)target);
        value._upper.Store(unchecked((float*)target + 8));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<TProducts> LoadBFloat16(ushort* source)
        => new(
            Vector256.ShiftLeft(Avx2.ConvertToVector256Int32(source), 16).AsSingle(),
            Vector256.ShiftLeft(Avx2.ConvertToVector256Int32(unchecked(source + 8)), 16).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(Lanes256<TProducts> ints, sbyte* target)
    {
        var shorts = Vector256.Narrow(ints._lower.AsInt32(), ints._upper.AsInt32());
        Vector128.Narrow(shorts.GetLower(), shorts.GetUpper()).Store(target);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<TProducts> operator +(Lanes256<TProducts> left, Lanes256<TProducts> right)
        => new(left._lower + right._lower, left._upper + right._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<TProducts> operator -(Lanes256<TProducts> left, Lanes256<TProducts> right)
        => new(left._lower - right._lower, left._upper - right._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<TProducts> operator *(Lanes256<TProducts> left, Lanes256<TProducts> right)
        => new(left._lower * right._lower, left._upper * right._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<TProducts> operator /(Lanes256<TProducts> left, Lanes256<TProducts> right)
        => new(left._lower / right._lower, left._upper / right._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<TProducts> MultiplyAdd(Lanes256<TProducts> left, Lanes256<TProducts> right, Lanes256<TProducts> addend)
        => new(Vector256.FusedMultiplyAdd(left._lower, right._lower, addend._lower), Vector256.FusedMultiplyAdd(left._upper, right._upper, addend._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<TProducts> Max(Lanes256<TProducts> left, Lanes256<TProducts> right)
        => new(Vector256.Max(left._lower, right._lower), Vector256.Max(left._upper, right._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<TProducts> Min(Lanes256<TProducts> left, Lanes256<TProducts> right)
        => new(Vector256.Min(left._lower, right._lower), Vector256.Min(left._upper, right._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<TProducts> Abs(Lanes256<TProducts> value)
        => new(Vector256.Abs(value._lower), Vector256.Abs(value._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes256<TProducts> value) => Folds.Sum(value._lower + value._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Lanes256<TProducts> value) => Folds.Largest(Vector256.Max(value._lower, value._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<TProducts> AddInts(Lanes256<TProducts> left, Lanes256<TProducts> right)
        => new((left._lower.AsInt32() + right._lower.AsInt32()).AsSingle(), (left._upper.AsInt32() + right._upper.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<TProducts> SubtractInts(Lanes256<TProducts> left, Lanes256<TProducts> right)
        => new((left._lower.AsInt32() - right._lower.AsInt32()).AsSingle(), (left._upper.AsInt32() - right._upper.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<TProducts> ShiftLeft(Lanes256<TProducts> value, int bits)
        => new(Vector256.ShiftLeft(value._lower.AsInt32(), bits).AsSingle(), Vector256.ShiftLeft(value._upper.AsInt32(), bits).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<TProducts> And(Lanes256<TProducts> left, Lanes256<TProducts> right)
        => new((left._lower.AsInt32() & right._lower.AsInt32()).AsSingle(), (left._upper.AsInt32() & right._upper.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<TProducts> ToFloats(Lanes256<TProducts> ints)
        => new(Vector256.ConvertToSingle(ints._lower.AsInt32()), Vector256.ConvertToSingle(ints._upper.AsInt32()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<TProducts> LoadInt8(void* tile) => new(TProducts.Load(tile), TProducts.Load(unchecked((byte*)tile + 32)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<TProducts> BeginDot(int sum) => Broadcast(TProducts.Begin(sum));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<TProducts> Dot(Lanes256<TProducts> sums, Lanes256<TProducts> weights, Lanes256<TProducts> activations)
        => new(TProducts.Dot(sums._lower, weights._lower, activations._lower), TProducts.Dot(sums._upper, weights._upper, activations._lower));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<TProducts> LowNibbles(Lanes256<TProducts> value)
        => new((value._lower.AsByte() & Vector256.Create((byte)15)).AsSingle(), (value._upper.AsByte() & Vector256.Create((byte)15)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<TProducts> HighNibbles(Lanes256<TProducts> value)
        => new((Vector256.ShiftRightLogical(value._lower.AsUInt16(), 4).AsByte() & Vector256.Create((byte)15)).AsSingle(), (Vector256.ShiftRightLogical(value._upper.AsUInt16(), 4).AsByte() & Vector256.Create((byte)15)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<TProducts> NibbleDot(Lanes256<TProducts> sums, Lanes256<TProducts> weights, Lanes256<TProducts> activations)
        => new((sums._lower.AsInt16() + Avx2.MultiplyAddAdjacent(weights._lower.AsByte(), activations._lower.AsSByte())).AsSingle(), (sums._upper.AsInt16() + Avx2.MultiplyAddAdjacent(weights._upper.AsByte(), activations._lower.AsSByte())).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<TProducts> EndNibbleDot(Lanes256<TProducts> sums)
        => new(Avx2.MultiplyAddAdjacent(sums._lower.AsInt16(), Vector256<short>.One).AsSingle(), Avx2.MultiplyAddAdjacent(sums._upper.AsInt16(), Vector256<short>.One).AsSingle());
}
