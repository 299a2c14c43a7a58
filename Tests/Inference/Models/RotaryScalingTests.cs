using CocoonOrleans.Inference.Models.Rotary;

namespace CocoonOrleans.Tests.Inference.Models;

/// <summary>Numbers worked out by hand from the papers' formulas; the whole is held against llama.cpp elsewhere.</summary>
public sealed class RotaryScalingTests
{
    [Fact]
    public void For_Plain_TurnsEachPairSlower()
        => Assert.Equal([1, 0.1, 0.01, 0.001], new RotaryPositions(10_000).For(8, 64).Frequencies.Select(frequency => Math.Round(frequency, 12)));

    [Fact]
    public void For_Llama3_LeavesFastPairsAndSlowsSlowOnes()
    {
        // 64 positions: turns are 10.2, 1.02, 0.1, 0.01; fast is above 4, slow below 1.
        var turning = new RotaryPositions(10_000, new Llama3Scaling(8, 1, 4, 64)).For(8, 512);

        Assert.Equal((1, 0.001 / 8, 1), (turning.Frequencies[0], turning.Frequencies[3], turning.Magnitude));
        Assert.InRange(turning.Frequencies[1], 0.1 / 8, 0.1 / 7);
    }

    [Fact]
    public void For_Yarn_LeavesFastPairsSlowsSlowOnesAndSharpens()
    {
        var turning = new RotaryPositions(10_000, new YarnScaling(4, 4096, 32, 1, Magnitude: null)).For(8, 16_384);

        Assert.Equal((1, 0.001 / 4), (turning.Frequencies[0], turning.Frequencies[3]));
        Assert.Equal(1.1386294, turning.Magnitude, 1e-6);
        Assert.Equal(2, new RotaryPositions(10_000, new YarnScaling(4, 4096, 32, 1, Magnitude: 2)).For(8, 16_384).Magnitude);
    }

    [Theory]
    [InlineData(4096, 0.5)]
    [InlineData(4097, 0.25)]
    public void For_LongRope_TakesTheListOfTheContextThatIsServed(int contextTokens, double first)
    {
        var turning = new RotaryPositions(10_000, new LongRopeScaling([2, 1], [4, 1], 4096, 1.5)).For(4, contextTokens);

        Assert.Equal((first, 1.5), (turning.Frequencies[0], turning.Magnitude));
    }

    [Fact]
    public void UsualMagnitude_WithinTheOriginalContext_IsOne() => Assert.Equal(1, LongRopeScaling.UsualMagnitude(4096, 4096));
}
