using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Market.Clearing;

/// <summary>What a request asks of the market.</summary>
/// <param name="JobId">Breaks ties, so that equal offers share the load and nobody can choose the winner.</param>
/// <param name="PromptTokens">The exact prompt count.</param>
/// <param name="ExpectedCompletionTokens">The count that offers are compared at; never taken from the worker.</param>
/// <param name="MaxCompletionTokens">The most tokens that may be generated.</param>
/// <param name="Cap">The most that may be paid per class of token: the buyer's limit, else the model's reserve.</param>
/// <param name="Excluded">Workers that were tried already or that the buyer does not want.</param>
/// <param name="ContextTokens">The most tokens that one context has to hold; null for prompt and completion together.</param>
public sealed record ClearingRequest(
    Guid JobId,
    long PromptTokens,
    long ExpectedCompletionTokens,
    long MaxCompletionTokens,
    TokenPrices Cap,
    IReadOnlySet<string> Excluded,
    long? ContextTokens = null);
