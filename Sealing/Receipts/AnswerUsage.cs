namespace CocoonOrleans.Sealing.Receipts;

/// <summary>What a worker says that a job used.</summary>
public sealed record AnswerUsage
{
    /// <summary>2^53 - 1: what every client's numbers can hold.</summary>
    internal const long MostTokens = (1L << 53) - 1;

    /// <summary>The latest time in milliseconds: the end of the year 9999.</summary>
    internal const long LatestMs = (Encoding.UnixTime.MaxSeconds * 1000) + 999;

    /// <summary>Prompt tokens, cached ones included.</summary>
    public required long PromptTokens { get; init; }

    /// <summary>Prompt tokens from the cache.</summary>
    public required long CachedTokens { get; init; }

    /// <summary>Generated tokens, reasoning included.</summary>
    public required long CompletionTokens { get; init; }

    /// <summary>Generated tokens that were reasoning.</summary>
    public required long ReasoningTokens { get; init; }

    /// <summary>Hash of the prices: <see cref="ReceiptPrices.Hash"/>.</summary>
    public required Digest Prices { get; init; }

    /// <summary>When the work began; milliseconds count.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When it ended; not before it began.</summary>
    public required DateTimeOffset Ended { get; init; }

    /// <summary>Manifest hash of the model that computed.</summary>
    public required Digest ModelManifest { get; init; }

    /// <summary>The hash of the auction's transcript by which the prices came about; null where the gateway named none.</summary>
    public Digest? Auction { get; init; }

    /// <summary>Whether every field is in its range.</summary>
    internal bool IsValid() =>
        CachedTokens >= 0 && PromptTokens >= CachedTokens && PromptTokens <= MostTokens
        && ReasoningTokens >= 0 && CompletionTokens >= ReasoningTokens && CompletionTokens <= MostTokens
        && Started >= DateTimeOffset.UnixEpoch && Ended >= Started;
}
