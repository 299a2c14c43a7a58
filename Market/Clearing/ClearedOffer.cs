using CocoonOrleans.Market.Offers;
using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Market.Clearing;

/// <summary>An eligible offer with the prices that would be paid if it served the request.</summary>
/// <param name="Offer">The offer.</param>
/// <param name="Cost">What the request is expected to cost at the offer's own ask.</param>
/// <param name="Price">The prices to be paid: the ask scaled up to the runner-up of another provider, never above the cap.</param>
public sealed record ClearedOffer(Offer Offer, Nano Cost, TokenPrices Price);
