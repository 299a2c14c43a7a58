using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Market.Clearing;

/// <summary>What a request asks of the market.</summary>
/// <param name="JobId">Breaks ties, so that equal offers share the load and nobody can choose the winner.</param>
/// <param name="PromptTokens">The exact prompt count.</param>
/// <param name="ExpectedCompletionTokens">The count that offers are compared at, over all answers; never taken from the worker.</param>
/// <param name="ContextTokens">The most tokens that one context has to hold.</param>
/// <param name="Cap">The most that may be asked per class of token: the buyer's limit, else the model's reserve.</param>
/// <param name="Excluded">Workers that were tried already.</param>
public sealed record ClearingRequest(
    Guid JobId,
    long PromptTokens,
    long ExpectedCompletionTokens,
    long ContextTokens,
    TokenPrices Cap,
    IReadOnlySet<string> Excluded)
{
    /// <summary>The most that competition may raise a price to: the model's reserve. An ask above it that is within <see cref="Cap"/> is paid as it is. Null: the cap.</summary>
    public TokenPrices? Reserve { get; init; }

    /// <summary>The lowest tier that may serve it, 0 to 3.</summary>
    public int MinimumTier { get; init; }

    /// <summary>Whom the buyer wants.</summary>
    public OfferFilter Filter { get; init; } = OfferFilter.Everybody;

    /// <summary>The only workers, or providers, that may win; the others still make the price. Null for all.</summary>
    public IReadOnlySet<string>? Able { get; init; }
}
