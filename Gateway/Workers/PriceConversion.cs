using CocoonOrleans.Market.Prices;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.Gateway.Workers;

/// <summary>Prices of the tunnel and of the market are the same numbers.</summary>
internal static class PriceConversion
{
    public static TokenPrices ToMarket(this OfferedPrices prices) => new(
        new(prices.PromptNanoPerMillionTokens), new(prices.CachedNanoPerMillionTokens), new(prices.CompletionNanoPerMillionTokens), new(prices.RequestNano));

    public static OfferedPrices ToWire(this TokenPrices prices) =>
        new(prices.Prompt.Value, prices.Cached.Value, prices.Completion.Value, prices.Request.Value);
}
