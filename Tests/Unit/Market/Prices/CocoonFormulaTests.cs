using CocoonOrleans.Market;
using CocoonOrleans.Market.Prices;
using CsCheck;

namespace CocoonOrleans.Tests.Unit.Market.Prices;

public sealed class CocoonFormulaTests
{
    /// <summary>By hand: <c>floor(n x coefficient x multiplier / 10^7)</c>.</summary>
    [Theory]
    [InlineData(1000, 1000, 10_000, 1000)]
    [InlineData(1000, 1500, 10_000, 1500)]
    [InlineData(7, 1500, 10_000, 10)]
    [InlineData(1, 999, 10_000, 0)]
    [InlineData(3, 333, 10_000, 0)]
    [InlineData(1000, 1000, 2500, 250)]
    [InlineData(999, 1001, 10_001, 1000)]
    [InlineData(123_456, 4000, 15_000, 740_736)]
    [InlineData(0, 4000, 10_000, 0)]
    [InlineData(long.MaxValue / 4, 4000, 10_000, long.MaxValue / 4 * 4)]
    public void Adjust_Golden(long tokens, long coefficient, long multiplier, long adjusted) => Assert.Equal(adjusted, CocoonFormula.Adjust(tokens, coefficient, multiplier));

    /// <summary>COCOON's own expression, in doubles; where the exact product is no whole number the two agree.</summary>
    [Fact]
    public void Adjust_AgainstCocoonsDoubles_DiffersByOneAtMostAndOnlyAtWholeNumbers() =>
        Gen.Select(Gen.Long[0, 1_000_000], Gen.Long[0, 20_000], Gen.Long[1, 30_000]).Sample((tokens, coefficient, multiplier) =>
        {
            var theirs = (long)(tokens * (coefficient * 0.001) * (multiplier * 0.0001));
            long ours = CocoonFormula.Adjust(tokens, coefficient, multiplier);
            return ours == theirs || ((Int128)tokens * coefficient * multiplier % 10_000_000 == 0 && Math.Abs(ours - theirs) == 1);
        });

    [Fact]
    public void ClientPays_FourClasses_EachRoundedDown()
    {
        // 1.5 x (7, 3, 5, 1): 10 + 4 + 7 + 1 adjusted tokens.
        var usage = new TokenUsage(Prompt: 10, Cached: 3, Completion: 6, Reasoning: 1);

        Assert.Equal((22, new Nano(440), new Nano(418)), (CocoonFormula.Adjust(usage, 1500), CocoonFormula.ClientPays(usage, 1500), CocoonFormula.WorkerGets(usage, 1500)));
    }

    [Fact]
    public void PricesOf_CoefficientOfOne_IsTwentyNanoAToken() =>
        Assert.Equal(new TokenPrices(new(20_000_000), new(20_000_000), new(20_000_000)), CocoonFormula.PricesOf(CocoonFormula.UnitCoefficient));

    [Fact]
    public void PricesOf_AnyUsage_ChargesWhatTheFormulaDoesOrLessThan80NanoMore() =>
        Gen.Select(Gen.Long[0, 5000], Gen.Long[0, 5000], Gen.Long[1, 5000], Gen.Long[0, 4000]).Sample((fresh, cached, completion, coefficient) =>
        {
            var usage = new TokenUsage(fresh + cached, cached, completion, completion / 3);
            long more = CocoonFormula.PricesOf(coefficient).Charge(usage).Value - CocoonFormula.ClientPays(usage, coefficient).Value;
            return coefficient % 1000 == 0 ? more == 0 : more is >= 0 and < 80;
        });

    [Fact]
    public void Adjust_NegativeOrTooLarge_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => CocoonFormula.Adjust(-1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => CocoonFormula.PricesOf(-1));
        Assert.Throws<OverflowException>(() => CocoonFormula.Adjust(long.MaxValue, 2000));
    }
}
