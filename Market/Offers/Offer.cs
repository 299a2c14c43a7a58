using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Market.Offers;

/// <summary>A worker's standing offer for one model, as the market sees it: what it asks and what it has free.</summary>
/// <param name="WorkerId">Hex SHA-256 of the worker's key.</param>
/// <param name="ProviderId">Who is paid; two workers of one provider don't compete with each other for the price.</param>
/// <param name="Model">The model's public name.</param>
/// <param name="ManifestSha256">Hex SHA-256 of the model's manifest: the exact weights, tokenizer and template.</param>
/// <param name="ContextTokens">The most tokens that prompt and completion may have together.</param>
/// <param name="Ask">The worker's prices.</param>
/// <param name="Slots">Requests that the worker runs at once.</param>
/// <param name="FreeSlots">Slots without a lease when this offer was last renewed; the lease at the worker is what counts.</param>
public sealed record Offer(
    string WorkerId,
    string ProviderId,
    string Model,
    string ManifestSha256,
    int ContextTokens,
    TokenPrices Ask,
    int Slots,
    int FreeSlots);
