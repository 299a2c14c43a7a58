using System.Numerics;
using CocoonOrleans.Market;
using CocoonOrleans.Market.Prices;
using CsCheck;

namespace CocoonOrleans.Tests.Unit.Market.Prices;

public sealed class TokenPricesTests
{
    private static readonly Gen<TokenPrices> Prices = Gen.Select(
        Amount, Amount, Amount, Amount, (prompt, cached, completion, request) => new TokenPrices(prompt, cached, completion, request));

    private static Gen<Nano> Amount => Gen.Long[0, 1_000_000_000_000].Select(value => new Nano(value));

    [Fact]
    public void Hold_Fraction_IsRoundedUpOnceOverTheSum()
    {
        var prices = new TokenPrices(new Nano(1), Nano.Zero, new Nano(1), new Nano(7));

        Assert.Equal(new Nano(8), prices.Hold(1, 1));
    }

    [Fact]
    public void Hold_AnyPricesAndCounts_IsTheCeilingOfTheExactSum() =>
        Gen.Select(Prices, Gen.Long[0, 10_000_000], Gen.Long[0, 10_000_000]).Sample((prices, prompt, completion) =>
        {
            BigInteger millionths = ((BigInteger)prompt * prices.Prompt.Value) + ((BigInteger)completion * prices.Completion.Value);
            return prices.Hold(prompt, completion).Value == ((millionths + 999_999) / 1_000_000) + prices.Request.Value;
        });

    [Fact]
    public void Charge_AnythingWithinWhatWasHeld_IsAtMostTheHold() =>
        Gen.Select(Prices, Gen.Long[0, 1_000_000], Gen.Long[0, 1_000_000], Gen.Double.Unit, Gen.Double.Unit, Gen.Double.Unit)
            .Sample((prices, prompt, completion, readPart, cachedPart, generatedPart) =>
            {
                TokenPrices fair = prices with { Cached = Nano.Min(prices.Cached, prices.Prompt) };
                long read = (long)(prompt * readPart);
                var usage = new TokenUsage(read, (long)(read * cachedPart), (long)(completion * generatedPart));
                return fair.Charge(usage) <= fair.Hold(prompt, completion);
            });

    [Fact]
    public void Charge_Nothing_IsFreeEvenWithARequestPrice() => Assert.Equal(Nano.Zero, new TokenPrices(default, default, default, new Nano(5)).Charge(default));

    [Fact]
    public void Hold_NegativeCount_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => default(TokenPrices).Hold(-1, 0));

    [Fact]
    public void Hold_TooMuchMoney_Throws() =>
        Assert.Throws<OverflowException>(() => new TokenPrices(new Nano(long.MaxValue), default, default).Hold(2_000_000, 0));

    [Theory]
    [InlineData(1, 1, 1, 1, true)]
    [InlineData(2, 1, 1, 1, false)]
    [InlineData(1, 2, 1, 1, false)]
    [InlineData(1, 1, 2, 1, false)]
    [InlineData(1, 1, 1, 2, false)]
    public void IsWithin_OneClassAbove_IsFalse(long prompt, long cached, long completion, long request, bool expected) =>
        Assert.Equal(
            expected,
            new TokenPrices(new Nano(prompt), new Nano(cached), new Nano(completion), new Nano(request))
                .IsWithin(new TokenPrices(new Nano(1), new Nano(1), new Nano(1), new Nano(1))));
}
