namespace CocoonOrleans.Tokenization.Chat;

/// <summary>What a request's <c>provider</c> object asks of those who may serve it.</summary>
/// <param name="MaxPrice">The most the client pays.</param>
/// <param name="RequireParameters">Whether to refuse the request rather than ignore a parameter.</param>
/// <param name="Trust">Lowest trust tier: <c>confidential</c>, <c>tdx</c>, <c>open</c> or, below all, <c>simulated</c>; null for the key's own rule.</param>
/// <param name="Deadline">How long after the request came the answer has to be complete; null for no wish.</param>
public sealed record ProviderPreferences(PriceLimits MaxPrice, bool RequireParameters = false, string? Trust = null, TimeSpan? Deadline = null)
{
    /// <summary>The most names in a list.</summary>
    public const int MostNames = 32;

    /// <summary>The most characters of a name.</summary>
    public const int LongestName = 128;

    /// <summary>Workers or providers that come first, in this order.</summary>
    public IReadOnlyList<string> Order { get; init; } = [];

    /// <summary>Nobody but these workers or providers; empty for all.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>None of these.</summary>
    public IReadOnlyList<string> Ignore { get; init; } = [];

    /// <summary>Whether others may serve where none of <see cref="Order"/> can.</summary>
    public bool AllowFallbacks { get; init; } = true;

    /// <summary>The ways of keeping weights that will do; empty for any.</summary>
    public IReadOnlyList<string> Quantizations { get; init; } = [];

    /// <summary><c>price</c>, <c>latency</c> or <c>throughput</c>; null for price.</summary>
    public string? Sort { get; init; }

    /// <summary>No preference.</summary>
    public static ProviderPreferences None { get; } = new(new PriceLimits());
}

/// <summary>A client's price caps in nano, each from 0 up; null for no cap.</summary>
/// <param name="PromptNanoPerMillionTokens">For 1,000,000 tokens of the prompt.</param>
/// <param name="CompletionNanoPerMillionTokens">For 1,000,000 tokens of the answer.</param>
/// <param name="RequestNano">For the request as such.</param>
public sealed record PriceLimits(long? PromptNanoPerMillionTokens = null, long? CompletionNanoPerMillionTokens = null, long? RequestNano = null);
