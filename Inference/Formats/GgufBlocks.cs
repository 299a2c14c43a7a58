using System.Buffers.Binary;

namespace CocoonOrleans.Inference.Formats;

/// <summary>Sizes and conversion of <see cref="GgufTensorType"/>: weights come in blocks that share scales.</summary>
public static class GgufBlocks
{
    private const int SmallBlock = 32;
    private const int SuperBlock = 256;

    /// <summary>Weights in a block; a row of a tensor is a whole number of blocks.</summary>
    public static int BlockElements(this GgufTensorType type) => type switch
    {
        GgufTensorType.F32 or GgufTensorType.F16 or GgufTensorType.BF16 => 1,
        GgufTensorType.Q4_0 or GgufTensorType.Q8_0 => SmallBlock,
        GgufTensorType.Q4_K or GgufTensorType.Q6_K => SuperBlock,
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>Bytes of a block.</summary>
    public static int BlockBytes(this GgufTensorType type) => type switch
    {
        GgufTensorType.F32 => 4,
        GgufTensorType.F16 or GgufTensorType.BF16 => 2,
        GgufTensorType.Q4_0 => 2 + SmallBlock / 2,
        GgufTensorType.Q8_0 => 2 + SmallBlock,
        GgufTensorType.Q4_K => 2 + 2 + 12 + SuperBlock / 2,
        GgufTensorType.Q6_K => SuperBlock / 2 + SuperBlock / 4 + SuperBlock / 16 + 2,
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>Converts stored weights to float32.</summary>
    /// <param name="type">How they are stored.</param>
    /// <param name="source">Whole blocks.</param>
    /// <param name="destination">Room for the weights of all of them.</param>
    public static void ToFloats(this GgufTensorType type, ReadOnlySpan<byte> source, Span<float> destination)
    {
        switch (type)
        {
            case GgufTensorType.F32:
                WeightType.Float32.ToFloats(source, destination);
                return;
            case GgufTensorType.F16:
                WeightType.Float16.ToFloats(source, destination);
                return;
            case GgufTensorType.BF16:
                WeightType.BFloat16.ToFloats(source, destination);
                return;
        }

        var (bytes, elements) = (type.BlockBytes(), type.BlockElements());
        for (; source.Length >= bytes; source = source[bytes..], destination = destination[elements..])
        {
            switch (type)
            {
                case GgufTensorType.Q4_0:
                    ReadQ4(source, destination);
                    break;
                case GgufTensorType.Q8_0:
                    ReadQ8(source, destination);
                    break;
                case GgufTensorType.Q4_K:
                    ReadQ4K(source, destination);
                    break;
                default:
                    ReadQ6K(source, destination);
                    break;
            }
        }
    }

    private static float ReadHalf(ReadOnlySpan<byte> source) => (float)BinaryPrimitives.ReadHalfLittleEndian(source);

    // Scale, then 16 bytes: weight i is the low half of byte i, weight i + 16 its high half, both less 8.
    private static void ReadQ4(ReadOnlySpan<byte> block, Span<float> weights)
    {
        var scale = ReadHalf(block);
        var codes = block.Slice(2, SmallBlock / 2);
        for (var i = 0; i < codes.Length; i++)
        {
            weights[i] = ((codes[i] & 15) - 8) * scale;
            weights[i + codes.Length] = ((codes[i] >> 4) - 8) * scale;
        }
    }

    private static void ReadQ8(ReadOnlySpan<byte> block, Span<float> weights)
    {
        var scale = ReadHalf(block);
        for (var i = 0; i < SmallBlock; i++)
        {
            weights[i] = unchecked((sbyte)block[2 + i]) * scale;
        }
    }

    // Two scales for the eight groups' own scales and minima, those in 12 bytes, then 128 bytes: of each 32 bytes the low halves are a group, the high halves the next.
    private static void ReadQ4K(ReadOnlySpan<byte> block, Span<float> weights)
    {
        var (scale, minimum) = (ReadHalf(block), ReadHalf(block[2..]));
        var packed = block.Slice(4, 12);
        for (var group = 0; group < SuperBlock / 32; group++)
        {
            var (scaleCode, minimumCode) = UnpackQ4K(packed, group);
            var (step, offset) = (scale * scaleCode, minimum * minimumCode);
            var codes = block.Slice(16 + group / 2 * 32, 32);
            var shift = group % 2 * 4;
            for (var i = 0; i < codes.Length; i++)
            {
                weights[group * 32 + i] = step * (codes[i] >> shift & 15) - offset;
            }
        }
    }

    // The first four groups have 6 bits in a byte of their own; the last four 4 bits there, and the two above in the first eight bytes.
    private static (int Scale, int Minimum) UnpackQ4K(ReadOnlySpan<byte> packed, int group) => group < 4
        ? (packed[group] & 63, packed[group + 4] & 63)
        : (packed[group + 4] & 15 | packed[group - 4] >> 6 << 4, packed[group + 4] >> 4 | packed[group] >> 6 << 4);

    // Low 4 bits of all weights, high 2 bits of all, 16 group scales, the scale of those. Each half of the block takes 64 bytes of low bits and 32 of high ones.
    private static void ReadQ6K(ReadOnlySpan<byte> block, Span<float> weights)
    {
        var scale = ReadHalf(block[(SuperBlock / 2 + SuperBlock / 4 + SuperBlock / 16)..]);
        for (var half = 0; half < 2; half++)
        {
            var low = block.Slice(half * 64, 64);
            var high = block.Slice(SuperBlock / 2 + half * 32, 32);
            var scales = block.Slice(SuperBlock / 2 + SuperBlock / 4 + half * 8, 8);
            for (var i = 0; i < SuperBlock / 2; i++)
            {
                var quarter = i / 32;
                var code = (low[i % 64] >> quarter / 2 * 4 & 15) | (high[i % 32] >> quarter * 2 & 3) << 4;
                weights[half * SuperBlock / 2 + i] = scale * unchecked((sbyte)scales[i / 16]) * (code - 32);
            }
        }
    }
}
