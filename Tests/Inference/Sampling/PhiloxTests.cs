using CocoonOrleans.Inference.Sampling;

namespace CocoonOrleans.Tests.Inference.Sampling;

public sealed class PhiloxTests
{
    // Known answers of Random123's own test suite (kat_vectors, philox4x32 with 10 rounds).
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Bits_KnownCounterAndKey_GiveTheKnownAnswer(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint r0, uint r1, uint r2, uint r3)
        => Assert.Equal((r0, r1, r2, r3), Philox.Bits((c0, c1, c2, c3), (k0, k1)));

    [Fact]
    public void Draw_ManyPositions_SpreadsEvenly()
    {
        var counts = new int[10];
        for (var position = 0; position < 10_000; position++)
        {
            counts[(int)(Philox.Draw(42, position) * 10)]++;
        }

        // A thousand expected each; 4.5 standard deviations are 135. The draws are fixed, so this can't fail by chance.
        Assert.All(counts, count => Assert.InRange(count, 865, 1135));
    }

    [Fact]
    public void Draw_NegativeSeed_DiffersFromPositive()
        => Assert.NotEqual(Philox.Draw(-1, 0), Philox.Draw(1, 0));

    [Fact]
    public void Draw_NeighbouringSeedsAndPositions_AreAllDifferent()
    {
        var draws = Enumerable.Range(0, 16).SelectMany(seed => Enumerable.Range(0, 200).Select(position => Philox.Draw(42 + seed, position))).ToList();

        Assert.Equal(draws.Count, draws.Distinct().Count());
    }
}
