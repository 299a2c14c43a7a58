using CocoonOrleans.Market.Offers;
using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Tests.Unit.Market.Offers;

internal static class OfferSamples
{
    public static DateTimeOffset Issued { get; } = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    public static OfferTerms Terms { get; } = new()
    {
        NetworkId = "local",
        WorkerId = new string('a', 64),
        Serial = 7,
        Issued = Issued,
        Expires = Issued.AddSeconds(60),
        Model = "house",
        ManifestSha256 = new string('b', 64),
        Quantisation = "none",
        Tier = 1,
        Prices = new TokenPrices(new(20_000_000), new(5_000_000), new(40_000_000), new(3)),
        LoadCurve = [new LoadPoint(0, 800), new LoadPoint(500, 1000), new LoadPoint(1000, 2000)],
        Windows = [new PriceWindow(0, 360, PriceWindow.EveryDay, 500), new PriceWindow(0, 1440, 96, 700)],
        FlexPerMille = 500,
        PriorityPerMille = 1500,
        Slots = 4,
        ContextTokens = 4096,
        Features = OfferFeatures.Tools | OfferFeatures.Logprobs,
        Region = "eu",
    };
}
