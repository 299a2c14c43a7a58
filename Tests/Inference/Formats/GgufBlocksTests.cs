using CocoonOrleans.Inference.Formats;
using CsCheck;

namespace CocoonOrleans.Tests.Inference.Formats;

/// <summary>
/// Blocks are packed here weight by weight, from the layouts of ggml's <c>block_q*</c>, and the reader must give back what scale and code make. ggml's own
/// blocks are read in <see cref="LlamaCpp.GgufBlocksGoldenTests"/>.
/// </summary>
public sealed class GgufBlocksTests
{
    private static readonly Gen<Half> Scales = Gen.Float[-2, 2].Select(value => (Half)value);

    [Fact]
    public void ToFloats_PlainTypes_AreConverted()
    {
        Assert.Equal([1f, -2.5f], Read(GgufTensorType.F32, [0, 0, 0x80, 0x3F, 0, 0, 0x20, 0xC0]));
        Assert.Equal([1f, -2.5f], Read(GgufTensorType.F16, [0x00, 0x3C, 0x00, 0xC1]));
        Assert.Equal([1f, -2.5f], Read(GgufTensorType.BF16, [0x80, 0x3F, 0x20, 0xC0]));
    }

    [Fact]
    public void ToFloats_Q4_0_IsScaleTimesCodeLessEight() => Gen.Select(Scales, Gen.Int[0, 15].Array[32]).Sample((scale, codes) =>
    {
        var block = new byte[18];
        BitConverter.GetBytes(scale).CopyTo(block, 0);
        for (var i = 0; i < 32; i++)
        {
            block[2 + i % 16] |= (byte)(codes[i] << (i < 16 ? 0 : 4));
        }

        Assert.Equal(codes.Select(code => (float)scale * (code - 8)), Read(GgufTensorType.Q4_0, block));
    });

    [Fact]
    public void ToFloats_Q8_0_IsScaleTimesCode() => Gen.Select(Scales, Gen.SByte.Array[32]).Sample((scale, codes) =>
    {
        byte[] block = [.. BitConverter.GetBytes(scale), .. codes.Select(code => unchecked((byte)code))];

        Assert.Equal(codes.Select(code => (float)scale * code), Read(GgufTensorType.Q8_0, block));
    });

    [Fact]
    public void ToFloats_Q4_K_IsGroupScaleTimesCodeLessGroupMinimum() => Gen.Select(Scales, Scales, Gen.Int[0, 63].Array[8], Gen.Int[0, 63].Array[8], Gen.Int[0, 15].Array[256])
        .Sample((scale, minimum, scales, minima, codes) =>
        {
            var block = new byte[144];
            BitConverter.GetBytes(scale).CopyTo(block, 0);
            BitConverter.GetBytes(minimum).CopyTo(block, 2);
            for (var group = 0; group < 8; group++)
            {
                if (group < 4)
                {
                    block[4 + group] |= (byte)scales[group];
                    block[8 + group] |= (byte)minima[group];
                }
                else
                {
                    block[8 + group] |= (byte)(scales[group] & 15 | (minima[group] & 15) << 4);
                    block[group] |= (byte)(scales[group] >> 4 << 6);
                    block[4 + group] |= (byte)(minima[group] >> 4 << 6);
                }
            }

            for (var i = 0; i < 256; i++)
            {
                block[16 + i / 64 * 32 + i % 32] |= (byte)(codes[i] << (i % 64 < 32 ? 0 : 4));
            }

            Assert.Equal(codes.Select((code, i) => (float)scale * scales[i / 32] * code - (float)minimum * minima[i / 32]), Read(GgufTensorType.Q4_K, block));
        });

    [Fact]
    public void ToFloats_Q6_K_IsGroupScaleTimesCodeLess32() => Gen.Select(Scales, Gen.SByte.Array[16], Gen.Int[0, 63].Array[256]).Sample((scale, scales, codes) =>
    {
        var block = new byte[210];
        for (var i = 0; i < 256; i++)
        {
            // 128 weights at a time: quarters 0 and 1 are the low halves of 64 bytes, 2 and 3 the high ones; the two bits above stand in 32 bytes, a quarter each.
            var (half, inside) = (i / 128, i % 128);
            block[half * 64 + inside % 64] |= (byte)((codes[i] & 15) << (inside < 64 ? 0 : 4));
            block[128 + half * 32 + inside % 32] |= (byte)(codes[i] >> 4 << inside / 32 * 2);
        }

        scales.Select(value => unchecked((byte)value)).ToArray().CopyTo(block, 192);
        BitConverter.GetBytes(scale).CopyTo(block, 208);

        Assert.Equal(codes.Select((code, i) => (float)scale * scales[i / 16] * (code - 32)), Read(GgufTensorType.Q6_K, block));
    });

    [Fact]
    public void ToFloats_SeveralBlocks_AreReadOneAfterTheOther()
    {
        var one = new byte[34];
        one[1] = 0x3C;
        one[2] = 5;

        var weights = Read(GgufTensorType.Q8_0, [.. one, .. one]);

        Assert.Equal((64, 5f, 5f), (weights.Length, weights[0], weights[32]));
    }

    private static float[] Read(GgufTensorType type, byte[] bytes)
    {
        var weights = new float[bytes.Length / type.BlockBytes() * type.BlockElements()];
        type.ToFloats(bytes, weights);
        return weights;
    }
}
