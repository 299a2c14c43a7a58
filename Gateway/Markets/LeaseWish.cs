using CocoonOrleans.Market.Clearing;
using CocoonOrleans.Market.Prices;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Gateway.Markets;

/// <summary>What a job wants of the market.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Model">The model's public name.</param>
/// <param name="PromptTokens">The exact prompt count.</param>
/// <param name="MaxCompletionTokens">The most tokens that may be generated, over all answers.</param>
/// <param name="ContextTokens">The most tokens that one context of a worker has to hold: a prompt and one answer, or one input.</param>
/// <param name="Cap">The most that may be paid.</param>
/// <param name="Until">When the job ends at the latest.</param>
/// <param name="MinimumTier">The lowest trust tier that may serve it; null for any.</param>
/// <param name="Workers">The only workers that can do it, because it is sealed to them; null for all.</param>
public sealed record LeaseWish(Guid JobId, string Model, int PromptTokens, int MaxCompletionTokens, int ContextTokens, TokenPrices Cap, DateTimeOffset Until, TrustTier? MinimumTier,
    IReadOnlySet<string>? Workers = null)
{
    /// <summary>The most that competition may raise a price to; null: the cap.</summary>
    public TokenPrices? Reserve { get; init; }

    /// <summary>Whom the buyer wants to be served by.</summary>
    public OfferFilter Filter { get; init; } = OfferFilter.Everybody;
}
