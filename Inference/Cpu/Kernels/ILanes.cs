namespace CocoonOrleans.Inference.Cpu.Kernels;

/// <summary>
/// Sixteen 32-bit lanes: one register with AVX-512, two with AVX2, four elsewhere. Kernels are written once over this, and since each lane does the same operations in the
/// same order on every implementation, all of them compute the same bits. What a lane holds (a float, an int, two 16-bit or four 8-bit numbers) is the
/// kernel's business; operators are those of floats.
/// </summary>
/// <typeparam name="TSelf">The implementation.</typeparam>
internal unsafe interface ILanes<TSelf>
    where TSelf : unmanaged, ILanes<TSelf>
{
    /// <summary>Whether this processor has the instructions.</summary>
    static abstract bool IsSupported { get; }

    /// <summary>Sixteen equal floats.</summary>
    static abstract TSelf Broadcast(float value);

    /// <summary>Sixteen equal ints.</summary>
    static abstract TSelf Broadcast(int value);

    /// <summary>Four bytes in every lane, from memory: no detour through other registers.</summary>
    static abstract TSelf BroadcastFour(sbyte* source);

    /// <summary>Reads 64 bytes; any alignment.</summary>
    static abstract TSelf Load(void* source);

    /// <summary>Writes 64 bytes; any alignment.</summary>
    static abstract void Store(TSelf value, void* target);

    /// <summary>Reads sixteen bfloat16 numbers (the upper halves of floats) as floats.</summary>
    static abstract TSelf LoadBFloat16(ushort* source);

    /// <summary>Writes sixteen ints in [-128, 127] as bytes.</summary>
    static abstract void StoreBytes(TSelf ints, sbyte* target);

    static abstract TSelf operator +(TSelf left, TSelf right);

    static abstract TSelf operator -(TSelf left, TSelf right);

    static abstract TSelf operator *(TSelf left, TSelf right);

    static abstract TSelf operator /(TSelf left, TSelf right);

    /// <summary>left x right + addend, rounded once.</summary>
    static abstract TSelf MultiplyAdd(TSelf left, TSelf right, TSelf addend);

    /// <summary>The larger float of each lane; NaN where one is NaN.</summary>
    static abstract TSelf Max(TSelf left, TSelf right);

    /// <summary>The smaller float of each lane; NaN where one is NaN.</summary>
    static abstract TSelf Min(TSelf left, TSelf right);

    /// <summary>The float without its sign.</summary>
    static abstract TSelf Abs(TSelf value);

    /// <summary>Sum of the sixteen floats, halves first: lane 0 + lane 8, and so on.</summary>
    static abstract float Sum(TSelf value);

    /// <summary>The largest of the sixteen floats; NaN where one is NaN.</summary>
    static abstract float Largest(TSelf value);

    /// <summary>Sum of ints.</summary>
    static abstract TSelf AddInts(TSelf left, TSelf right);

    /// <summary>Difference of ints.</summary>
    static abstract TSelf SubtractInts(TSelf left, TSelf right);

    /// <summary>Bits moved left inside each lane.</summary>
    static abstract TSelf ShiftLeft(TSelf value, int bits);

    /// <summary>Bits of both.</summary>
    static abstract TSelf And(TSelf left, TSelf right);

    /// <summary>Ints as floats.</summary>
    static abstract TSelf ToFloats(TSelf ints);

    /// <summary>Reads a tile of int8 weights for <see cref="Dot"/>: sixteen rows of four columns.</summary>
    static abstract TSelf LoadInt8(void* tile);

    /// <summary>What a sum over <see cref="Dot"/> begins with.</summary>
    /// <param name="sum">Sum of all activations that will take part.</param>
    static abstract TSelf BeginDot(int sum);

    /// <summary>Adds to each lane the products of its four int8 weights with four int8 activations, exactly. Neither holds -128.</summary>
    /// <param name="sums">Sums so far.</param>
    /// <param name="weights">From <see cref="LoadInt8"/>.</param>
    /// <param name="activations">From <see cref="BroadcastFour"/>.</param>
    static abstract TSelf Dot(TSelf sums, TSelf weights, TSelf activations);

    /// <summary>The lower four bits of each byte.</summary>
    static abstract TSelf LowNibbles(TSelf value);

    /// <summary>The upper four bits of each byte.</summary>
    static abstract TSelf HighNibbles(TSelf value);

    /// <summary>
    /// As <see cref="Dot"/> for weights from 0 to 15. Sums begin as zero bits, take part in at most eight calls, and mean nothing before <see cref="EndNibbleDot"/>.
    /// </summary>
    static abstract TSelf NibbleDot(TSelf sums, TSelf weights, TSelf activations);

    /// <summary>Sums over <see cref="NibbleDot"/> as ints.</summary>
    static abstract TSelf EndNibbleDot(TSelf sums);
}
