using CocoonOrleans.Market.Offers;
using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Tests.Unit.Market.Offers;

public sealed class OfferTermsTests
{
    private static readonly OfferTerms Good = OfferSamples.Terms;

    public static TheoryData<string, Func<OfferTerms, OfferTerms>> Faults => new()
    {
        { "networkId", terms => terms with { NetworkId = "" } },
        { "workerId", terms => terms with { WorkerId = "A" } },
        { "serial", terms => terms with { Serial = 0 } },
        { "issued", terms => terms with { Issued = Good.Issued.AddMilliseconds(1) } },
        { "expires", terms => terms with { Expires = Good.Issued.AddSeconds(29) } },
        { "expires", terms => terms with { Expires = Good.Issued.AddSeconds(301) } },
        { "model", terms => terms with { Model = "a\nb" } },
        { "manifestSha256", terms => terms with { ManifestSha256 = "b" } },
        { "quantisation", terms => terms with { Quantisation = "" } },
        { "tier", terms => terms with { Tier = 4 } },
        { "prices", terms => terms with { Prices = new TokenPrices(new(-1), default, default) } },
        { "prices", terms => terms with { Prices = new TokenPrices(new(OfferTerms.HighestPrice + 1), default, default) } },
        { "loadCurve", terms => terms with { LoadCurve = [.. Enumerable.Range(0, 9).Select(static i => new LoadPoint(i, 1000))] } },
        { "loadCurve", terms => terms with { LoadCurve = [new LoadPoint(0, 1000), new LoadPoint(0, 1000)] } },
        { "loadCurve", terms => terms with { LoadCurve = [new LoadPoint(0, 1000), new LoadPoint(10, 999)] } },
        { "loadCurve", terms => terms with { LoadCurve = [new LoadPoint(1001, 1000)] } },
        { "loadCurve", terms => terms with { LoadCurve = [new LoadPoint(0, 99)] } },
        { "windows", terms => terms with { Windows = [new PriceWindow(60, 60, 1, 1000)] } },
        { "windows", terms => terms with { Windows = [new PriceWindow(0, 1441, 1, 1000)] } },
        { "windows", terms => terms with { Windows = [new PriceWindow(0, 60, 128, 1000)] } },
        { "windows", terms => terms with { Windows = [.. Enumerable.Repeat(new PriceWindow(0, 60, 1, 1000), 9)] } },
        { "lanes.flex", terms => terms with { FlexPerMille = 1001 } },
        { "lanes.priority", terms => terms with { PriorityPerMille = 2001 } },
        { "slots", terms => terms with { Slots = 513 } },
        { "contextTokens", terms => terms with { ContextTokens = 0 } },
        { "features", terms => terms with { Features = (OfferFeatures)8 } },
        { "region", terms => terms with { Region = new string('x', 65) } },
        { "coefficient", terms => terms with { Coefficient = -1 } },
        { "prices", terms => terms with { Coefficient = 1000 } },
    };

    [Theory, MemberData(nameof(Faults))]
    public void FindFault_FieldOutOfRange_NamesIt(string field, Func<OfferTerms, OfferTerms> change) =>
        Assert.StartsWith(field + " ", change(Good).FindFault(), StringComparison.Ordinal);

    [Theory]
    [InlineData(0, 800)]
    [InlineData(250, 900)]
    [InlineData(500, 1000)]
    [InlineData(750, 1500)]
    [InlineData(1000, 2000)]
    public void AskAt_Load_FollowsTheLine(int load, long perMille) =>
        Assert.Equal(new(20_000 * perMille), Good.AskAt(load, Friday(hour: 12)).Prompt);

    [Theory]
    [InlineData(5, 59, 500)]
    [InlineData(6, 0, 1000)]
    public void AskAt_Hour_TakesTheWindow(int hour, int minute, long perMille) =>
        Assert.Equal(new(20_000 * perMille), Good.AskAt(500, Friday(hour).AddMinutes(minute)).Prompt);

    [Fact]
    public void AskAt_SeveralWindows_TheFirstCounts()
    {
        DateTimeOffset saturday = Friday(hour: 0).AddDays(1);

        Assert.Equal((new(10_000_000), new(14_000_000)), (Good.AskAt(500, saturday).Prompt, Good.AskAt(500, saturday.AddHours(7)).Prompt));
    }

    [Fact]
    public void AskAt_Lane_IsMultipliedAndRoundedDownOnce()
    {
        OfferTerms odd = Good with { Prices = new TokenPrices(new(7), new(7), new(7), new(7)) };

        // 7 x 0.8 x 0.5 x 0.5 = 1.4
        Assert.Equal(new(1), odd.AskAt(0, Friday(hour: 1), odd.FlexPerMille).Request);
        Assert.Equal(odd.AskAt(0, Friday(hour: 1), odd.FlexPerMille), odd.LowestAsk());
    }

    [Fact]
    public void HasSameTermsAs_OnlyLifeAndSerialDiffer_IsTrue()
    {
        Assert.True(Good.HasSameTermsAs(Good with { Serial = 9, Issued = Good.Issued.AddSeconds(20), Expires = Good.Expires.AddSeconds(20) }));
        Assert.False(Good.HasSameTermsAs(Good with { Slots = 3 }));
    }

    private static DateTimeOffset Friday(int hour) => new(2026, 11, 27, hour, 0, 0, TimeSpan.Zero);
}
