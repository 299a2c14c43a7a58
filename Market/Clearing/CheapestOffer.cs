using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Market.Clearing;

/// <summary>The offer that would be the cheapest for a request that nobody can serve: what to change to be served.</summary>
/// <param name="Cost">What the request is expected to cost there, rounded up.</param>
/// <param name="Ask">What it asks.</param>
/// <param name="Reason">What keeps it from serving.</param>
public sealed record CheapestOffer(Nano Cost, TokenPrices Ask, ExclusionReason Reason);
