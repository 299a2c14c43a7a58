using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Market.Clearing;

/// <summary>What a request asks of the market.</summary>
/// <param name="JobId">Breaks ties, so that equal offers share the load and nobody can choose the winner.</param>
/// <param name="PromptTokens">The exact prompt count.</param>
/// <param name="ExpectedCompletionTokens">The count that offers are compared at, over all answers; never taken from the worker.</param>
/// <param name="ContextTokens">The most tokens that one context has to hold.</param>
/// <param name="Cap">The most that may be paid per class of token: the buyer's limit, else the model's reserve.</param>
/// <param name="Excluded">Workers that were tried already or that the buyer does not want.</param>
public sealed record ClearingRequest(
    Guid JobId,
    long PromptTokens,
    long ExpectedCompletionTokens,
    long ContextTokens,
    TokenPrices Cap,
    IReadOnlySet<string> Excluded);
