using CocoonOrleans.Sealing.Shares;

namespace CocoonOrleans.Tests.Sealing.Shares;

public sealed class Field256Tests
{
    /// <summary>FIPS 197, section 4.2: its worked products.</summary>
    [Theory]
    [InlineData(0x57, 0x83, 0xC1)]
    [InlineData(0x57, 0x13, 0xFE)]
    [InlineData(0x57, 0x02, 0xAE)]
    [InlineData(0x57, 0x04, 0x47)]
    [InlineData(0x57, 0x08, 0x8E)]
    [InlineData(0x57, 0x10, 0x07)]
    public void Multiply_WorkedProducts_AreThose(byte left, byte right, byte product)
    {
        Assert.Equal(product, Field256.Multiply(left, right));
        Assert.Equal(product, Field256.Multiply(right, left));
    }

    /// <summary>Every pair against the schoolbook: multiply polynomials, then divide.</summary>
    [Fact]
    public void Multiply_EveryPair_IsTheRemainderOfTheProduct()
    {
        for (var left = 0; left < 256; left++)
        {
            for (var right = 0; right < 256; right++)
            {
                var product = Enumerable.Range(0, 8).Where(bit => (right >> bit & 1) == 1).Aggregate(0, (sum, bit) => sum ^ (left << bit));
                for (var bit = 15; bit >= 8; bit--)
                {
                    product ^= (product >> bit & 1) == 1 ? 0x11B << (bit - 8) : 0;
                }

                Assert.Equal(product, Field256.Multiply((byte)left, (byte)right));
            }
        }
    }

    [Fact]
    public void Invert_EveryElement_GivesOne()
    {
        Assert.Equal(0, Field256.Invert(0));
        Assert.Equal(0xCA, Field256.Invert(0x53));
        Assert.All(Enumerable.Range(1, 255), value => Assert.Equal(1, Field256.Multiply((byte)value, Field256.Invert((byte)value))));
    }
}
