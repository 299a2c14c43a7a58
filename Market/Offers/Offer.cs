using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Market.Offers;

/// <summary>A worker's standing offer for one model, as the market sees it: what it asks and what it has free.</summary>
/// <param name="WorkerId">Hex SHA-256 of the worker's key.</param>
/// <param name="ProviderId">Who is paid; two workers of one provider don't compete with each other for the price.</param>
/// <param name="Model">The model's public name.</param>
/// <param name="ManifestSha256">Hex SHA-256 of the model's manifest: the exact weights, tokenizer and template.</param>
/// <param name="ContextTokens">The most tokens that prompt and completion may have together.</param>
/// <param name="Ask">The worker's prices; where it posted a signed offer those before load, hour and lane.</param>
/// <param name="Slots">Requests that the worker runs at once.</param>
/// <param name="FreeSlots">Slots without a lease when this offer was last renewed; the lease at the worker is what counts.</param>
/// <param name="Posted">The signed offer that stands behind it; null where the worker only registered its prices.</param>
/// <param name="Settled">Jobs that the worker completed, for all models.</param>
/// <param name="Failed">Jobs that it failed.</param>
public sealed record Offer(
    string WorkerId,
    string ProviderId,
    string Model,
    string ManifestSha256,
    int ContextTokens,
    TokenPrices Ask,
    int Slots,
    int FreeSlots,
    PostedOffer? Posted = null,
    long Settled = 0,
    long Failed = 0)
{
    /// <summary>What it asks with so many of its slots in use at a time.</summary>
    /// <param name="freeSlots">Slots without a job.</param>
    /// <param name="time">When.</param>
    public TokenPrices AskAt(int freeSlots, DateTimeOffset time) =>
        Posted is { } posted ? posted.Terms.AskAt(LoadPerMille(freeSlots), time) : Ask;

    /// <summary>The share of its slots in use, in thousandths.</summary>
    /// <param name="freeSlots">Slots without a job.</param>
    public int LoadPerMille(int freeSlots) => Slots <= 0 ? 1000 : Math.Clamp((Slots - freeSlots) * 1000 / Slots, 0, 1000);
}
