using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace CocoonOrleans.Inference.Formats;

/// <summary>Conversion of float32 to those <see cref="GgufTensorType"/> that are written, rounded as ggml's own reference code does it.</summary>
public static class GgufBlockWriter
{
    private const int Block = 32;

    /// <summary>Whether weights can be converted to this type.</summary>
    public static bool IsWritten(this GgufTensorType type)
        => type is GgufTensorType.F32 or GgufTensorType.F16 or GgufTensorType.BF16 or GgufTensorType.Q8_0 or GgufTensorType.Q4_0;

    /// <summary>Converts float32 to stored weights.</summary>
    /// <param name="type">How to store them; see <see cref="IsWritten"/>.</param>
    /// <param name="source">Weights of whole blocks.</param>
    /// <param name="destination">Room for exactly these blocks.</param>
    /// <returns>False: a weight is not finite, or too large for the type.</returns>
    public static bool TryWriteFloats(this GgufTensorType type, ReadOnlySpan<float> source, Span<byte> destination)
    {
        foreach (var value in source)
        {
            if (!float.IsFinite(value))
            {
                return false;
            }
        }

        switch (type)
        {
            case GgufTensorType.F32:
                MemoryMarshal.AsBytes(source).CopyTo(destination);
                return true;
            case GgufTensorType.F16:
                return TryWriteHalves(source, MemoryMarshal.Cast<byte, Half>(destination));
            case GgufTensorType.BF16:
                return TryWriteBFloats(source, MemoryMarshal.Cast<byte, ushort>(destination));
            case GgufTensorType.Q8_0:
                return TryWriteBlocks(type, source, destination, WriteQ8);
            case GgufTensorType.Q4_0:
                return TryWriteBlocks(type, source, destination, WriteQ4);
            default:
                throw new ArgumentOutOfRangeException(nameof(type));
        }
    }

    private delegate bool BlockConversion(ReadOnlySpan<float> weights, Span<byte> block);

    private static bool TryWriteHalves(ReadOnlySpan<float> source, Span<Half> destination)
    {
        for (var i = 0; i < source.Length; i++)
        {
            destination[i] = (Half)source[i];
            if (!Half.IsFinite(destination[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryWriteBFloats(ReadOnlySpan<float> source, Span<ushort> destination)
    {
        for (var i = 0; i < source.Length; i++)
        {
            // To the nearest, a tie to the even one; a carry into the exponent is right.
            var bits = BitConverter.SingleToUInt32Bits(source[i]);
            var rounded = (bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000;
            if (!float.IsFinite(BitConverter.UInt32BitsToSingle(rounded)))
            {
                return false;
            }

            destination[i] = (ushort)(rounded >> 16);
        }

        return true;
    }

    private static bool TryWriteBlocks(GgufTensorType type, ReadOnlySpan<float> source, Span<byte> destination, BlockConversion write)
    {
        for (var bytes = type.BlockBytes(); source.Length > 0; source = source[Block..], destination = destination[bytes..])
        {
            if (!write(source[..Block], destination[..bytes]))
            {
                return false;
            }
        }

        return true;
    }

    // The largest weight becomes 127 or -127.
    private static bool WriteQ8(ReadOnlySpan<float> weights, Span<byte> block)
    {
        var largest = 0f;
        foreach (var weight in weights)
        {
            largest = Math.Max(largest, Math.Abs(weight));
        }

        var scale = largest / 127;
        var inverse = Inverse(scale);
        for (var i = 0; i < weights.Length; i++)
        {
            block[2 + i] = unchecked((byte)(sbyte)MathF.Round(weights[i] * inverse, MidpointRounding.AwayFromZero));
        }

        return TryWriteScale(scale, block);
    }

    // The weight that is largest, whatever its sign, becomes -8: code 0.
    private static bool WriteQ4(ReadOnlySpan<float> weights, Span<byte> block)
    {
        var largest = 0f;
        foreach (var weight in weights)
        {
            largest = Math.Abs(weight) > Math.Abs(largest) ? weight : largest;
        }

        var scale = largest / -8;
        var inverse = Inverse(scale);
        for (var i = 0; i < Block / 2; i++)
        {
            block[2 + i] = (byte)(Code(weights[i] * inverse) | Code(weights[i + Block / 2] * inverse) << 4);
        }

        return TryWriteScale(scale, block);

        static int Code(float scaled) => Math.Min(15, (int)(scaled + 8.5f));
    }

    // The inverse of a scale so small that it is none of float32's is left at 0, which makes all weights 0.
    private static float Inverse(float scale) => scale != 0 && float.IsFinite(1 / scale) ? 1 / scale : 0;

    private static bool TryWriteScale(float scale, Span<byte> block)
    {
        BinaryPrimitives.WriteHalfLittleEndian(block, (Half)scale);
        return Half.IsFinite((Half)scale);
    }
}
