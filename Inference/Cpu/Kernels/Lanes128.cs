using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CocoonOrleans.Inference.Cpu.Kernels;

/// <summary>Any processor, ARM too: four registers of <see cref="Vector128"/>, which is plain code where there are none.</summary>
internal readonly unsafe struct Lanes128(Vector128<float> first, Vector128<float> second, Vector128<float> third, Vector128<float> fourth) : ILanes<Lanes128>
{
    private readonly Vector128<float> _first = first;
    private readonly Vector128<float> _second = second;
    private readonly Vector128<float> _third = third;
    private readonly Vector128<float> _fourth = fourth;

    public static bool IsSupported => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Broadcast(float value)
        => new(Vector128.Create(value), Vector128.Create(value), Vector128.Create(value), Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Broadcast(int value)
        => new(Vector128.Create(value).AsSingle(), Vector128.Create(value).AsSingle(), Vector128.Create(value).AsSingle(), Vector128.Create(value).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 BroadcastFour(sbyte* source) => Broadcast(*(float*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Load(void* source)
        => new(Vector128.Load((float*)source), Vector128.Load(unchecked((float*)source + 4)), Vector128.Load(unchecked((float*)source + 8)), Vector128.Load(unchecked((float*)source + 12)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes128 value, void* target)
    {
        value._first.Store((float*)target);
        value._second.Store(unchecked((float*)target + 4));
        value._third.Store(unchecked((float*)target + 8));
        value._fourth.Store(unchecked((float*)target + 12));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 LoadBFloat16(ushort* source) => new(Widen(source), Widen(unchecked(source + 4)), Widen(unchecked(source + 8)), Widen(unchecked(source + 12)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(Lanes128 ints, sbyte* target)
        => Vector128.Narrow(
            Vector128.Narrow(ints._first.AsInt32(), ints._second.AsInt32()),
            Vector128.Narrow(ints._third.AsInt32(), ints._fourth.AsInt32())).Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator +(Lanes128 left, Lanes128 right)
        => new(left._first + right._first, left._second + right._second, left._third + right._third, left._fourth + right._fourth);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator -(Lanes128 left, Lanes128 right)
        => new(left._first - right._first, left._second - right._second, left._third - right._third, left._fourth - right._fourth);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator *(Lanes128 left, Lanes128 right)
        => new(left._first * right._first, left._second * right._second, left._third * right._third, left._fourth * right._fourth);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator /(Lanes128 left, Lanes128 right)
        => new(left._first / right._first, left._second / right._second, left._third / right._third, left._fourth / right._fourth);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 MultiplyAdd(Lanes128 left, Lanes128 right, Lanes128 addend)
        => new(Vector128.FusedMultiplyAdd(left._first, right._first, addend._first), Vector128.FusedMultiplyAdd(left._second, right._second, addend._second), Vector128.FusedMultiplyAdd(left._third, right._third, addend._third), Vector128.FusedMultiplyAdd(left._fourth, right._fourth, addend._fourth));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Max(Lanes128 left, Lanes128 right)
        => new(Vector128.Max(left._first, right._first), Vector128.Max(left._second, right._second), Vector128.Max(left._third, right._third), Vector128.Max(left._fourth, right._fourth));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Min(Lanes128 left, Lanes128 right)
        => new(Vector128.Min(left._first, right._first), Vector128.Min(left._second, right._second), Vector128.Min(left._third, right._third), Vector128.Min(left._fourth, right._fourth));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Abs(Lanes128 value)
        => new(Vector128.Abs(value._first), Vector128.Abs(value._second), Vector128.Abs(value._third), Vector128.Abs(value._fourth));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes128 value) => Folds.Sum((value._first + value._third) + (value._second + value._fourth));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Lanes128 value) => Folds.Largest(Vector128.Max(Vector128.Max(value._first, value._third), Vector128.Max(value._second, value._fourth)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 AddInts(Lanes128 left, Lanes128 right)
        => new((left._first.AsInt32() + right._first.AsInt32()).AsSingle(), (left._second.AsInt32() + right._second.AsInt32()).AsSingle(), (left._third.AsInt32() + right._third.AsInt32()).AsSingle(), (left._fourth.AsInt32() + right._fourth.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 SubtractInts(Lanes128 left, Lanes128 right)
        => new((left._first.AsInt32() - right._first.AsInt32()).AsSingle(), (left._second.AsInt32() - right._second.AsInt32()).AsSingle(), (left._third.AsInt32() - right._third.AsInt32()).AsSingle(), (left._fourth.AsInt32() - right._fourth.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 ShiftLeft(Lanes128 value, int bits)
        => new(Vector128.ShiftLeft(value._first.AsInt32(), bits).AsSingle(), Vector128.ShiftLeft(value._second.AsInt32(), bits).AsSingle(), Vector128.ShiftLeft(value._third.AsInt32(), bits).AsSingle(), Vector128.ShiftLeft(value._fourth.AsInt32(), bits).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 And(Lanes128 left, Lanes128 right)
        => new((left._first.AsInt32() & right._first.AsInt32()).AsSingle(), (left._second.AsInt32() & right._second.AsInt32()).AsSingle(), (left._third.AsInt32() & right._third.AsInt32()).AsSingle(), (left._fourth.AsInt32() & right._fourth.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 ToFloats(Lanes128 ints)
        => new(Vector128.ConvertToSingle(ints._first.AsInt32()), Vector128.ConvertToSingle(ints._second.AsInt32()), Vector128.ConvertToSingle(ints._third.AsInt32()), Vector128.ConvertToSingle(ints._fourth.AsInt32()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 LoadInt8(void* tile) => Load(tile);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 BeginDot(int sum) => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Dot(Lanes128 sums, Lanes128 weights, Lanes128 activations)
        => new(Dot(sums._first, weights._first, activations._first), Dot(sums._second, weights._second, activations._first), Dot(sums._third, weights._third, activations._first), Dot(sums._fourth, weights._fourth, activations._first));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 LowNibbles(Lanes128 value)
        => new((value._first.AsByte() & Vector128.Create((byte)15)).AsSingle(), (value._second.AsByte() & Vector128.Create((byte)15)).AsSingle(), (value._third.AsByte() & Vector128.Create((byte)15)).AsSingle(), (value._fourth.AsByte() & Vector128.Create((byte)15)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 HighNibbles(Lanes128 value)
        => new((Vector128.ShiftRightLogical(value._first.AsUInt16(), 4).AsByte() & Vector128.Create((byte)15)).AsSingle(), (Vector128.ShiftRightLogical(value._second.AsUInt16(), 4).AsByte() & Vector128.Create((byte)15)).AsSingle(), (Vector128.ShiftRightLogical(value._third.AsUInt16(), 4).AsByte() & Vector128.Create((byte)15)).AsSingle(), (Vector128.ShiftRightLogical(value._fourth.AsUInt16(), 4).AsByte() & Vector128.Create((byte)15)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 NibbleDot(Lanes128 sums, Lanes128 weights, Lanes128 activations) => Dot(sums, weights, activations);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 EndNibbleDot(Lanes128 sums) => sums;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Widen(ushort* source)
        => Vector128.ShiftLeft(Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)source).AsUInt16()), 16).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Dot(Vector128<float> sums, Vector128<float> weights, Vector128<float> activations)
    {
        // Odd and even bytes as 16-bit numbers. The sum of two products, at most 2 x 127 x 127, stays inside 16 bits.
        var w = weights.AsInt16();
        var x = activations.AsInt16();
        var pairs = (Even(w) * Even(x)) + (Vector128.ShiftRightArithmetic(w, 8) * Vector128.ShiftRightArithmetic(x, 8));
        var low = Vector128.ShiftRightArithmetic(Vector128.ShiftLeft(pairs.AsInt32(), 16), 16);
        return (sums.AsInt32() + low + Vector128.ShiftRightArithmetic(pairs.AsInt32(), 16)).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Even(Vector128<short> value) => Vector128.ShiftRightArithmetic(Vector128.ShiftLeft(value, 8), 8);
}
