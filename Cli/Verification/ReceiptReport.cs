namespace CocoonOrleans.Cli.Verification;

/// <summary>The JSON object of <c>cocoon verify receipt</c>.</summary>
/// <param name="Verdict"><c>accept</c> or <c>reject</c>.</param>
/// <param name="Code">Why it is rejected, for programs; null where it is accepted.</param>
/// <param name="Reason">The same for people.</param>
/// <param name="RequestId">The request; null where that can't be read.</param>
/// <param name="Model">The model's name in the request; null as above.</param>
/// <param name="ModelSha256">The model that computed, by its manifest's SHA-256; null where that was not reached.</param>
/// <param name="StatementHash">The worker's statement; null where it can't be read.</param>
/// <param name="Worker">The worker's id; null as above.</param>
/// <param name="ClaimedTier">The tier that the statement claims; null as above.</param>
/// <param name="Tier">The tier that may be believed; null where it is rejected, and where a quote was not judged.</param>
/// <param name="QuoteChecked">Whether the quote behind the statement was judged. Without it nothing is said about the machine.</param>
/// <param name="Assurance"><c>none</c>, <c>hardware</c> or <c>simulated</c>: what stands behind the worker's key. A statement that claims no more than a simulation is <c>simulated</c>, whether or not its quote was judged.</param>
/// <param name="Status">How the work ended; null where that was not reached.</param>
/// <param name="Usage">What was used; null as above.</param>
/// <param name="Cost">What it cost, in nano; null as above.</param>
/// <param name="HoldLimit">The most that it was allowed to cost, in nano; null where the request can't be read.</param>
/// <param name="Asked">When the client sealed the request, by its own record.</param>
/// <param name="At">The time at which the evidence had to hold.</param>
/// <param name="Checks">Each check.</param>
public sealed record ReceiptReport(
    string Verdict,
    string? Code,
    string? Reason,
    Guid? RequestId,
    string? Model,
    string? ModelSha256,
    string? StatementHash,
    string? Worker,
    string? ClaimedTier,
    string? Tier,
    bool QuoteChecked,
    string Assurance,
    string? Status,
    ReceiptUsage? Usage,
    string? Cost,
    string? HoldLimit,
    DateTimeOffset? Asked,
    DateTimeOffset? At,
    IReadOnlyList<QuoteCheck> Checks);

/// <summary>What a receipt counts.</summary>
/// <param name="PromptTokens">Prompt tokens, cached ones included.</param>
/// <param name="CachedTokens">Prompt tokens from the cache.</param>
/// <param name="CompletionTokens">Generated tokens, reasoning included.</param>
/// <param name="ReasoningTokens">Generated tokens that were reasoning.</param>
public sealed record ReceiptUsage(long PromptTokens, long CachedTokens, long CompletionTokens, long ReasoningTokens);
