using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Grains.Jobs;

/// <summary>How a job ended and what it used.</summary>
/// <param name="AccountId">The payer.</param>
/// <param name="WorkerId">The worker that served it.</param>
/// <param name="ProviderId">Who is paid.</param>
/// <param name="Price">The cleared prices.</param>
/// <param name="Reported">The worker's counts, from its signed usage receipt; the gateway's own where none came.</param>
/// <param name="CountedPromptTokens">The gateway's prompt count.</param>
/// <param name="CountedCompletionTokens">The gateway's completion count over what it saw; null where it can't count.</param>
/// <param name="Status">How it ended.</param>
/// <param name="ReceiptSha256">SHA-256 of the signed usage receipt; null where none came.</param>
[GenerateSerializer, Alias("cocoon.JobCompletion")]
public sealed record JobCompletion(
    [property: Id(0)] string AccountId,
    [property: Id(1)] string WorkerId,
    [property: Id(2)] string ProviderId,
    [property: Id(3)] TokenPrices Price,
    [property: Id(4)] TokenUsage Reported,
    [property: Id(5)] long CountedPromptTokens,
    [property: Id(6)] long? CountedCompletionTokens,
    [property: Id(7)] CompletionStatus Status,
    [property: Id(8)] byte[]? ReceiptSha256);
