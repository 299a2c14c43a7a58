namespace CocoonOrleans.Tokenization.Chat;

/// <summary>What a request's <c>provider</c> object asks of those who may serve it.</summary>
/// <param name="MaxPrice">The most the client pays.</param>
/// <param name="RequireParameters">Whether to refuse the request rather than ignore a parameter.</param>
/// <param name="Trust">Lowest trust tier: <c>confidential</c>, <c>tdx</c>, <c>open</c> or, below all, <c>simulated</c>; null for the key's own rule.</param>
/// <param name="Deadline">How long after the request came the answer has to be complete; null for no wish.</param>
public sealed record ProviderPreferences(PriceLimits MaxPrice, bool RequireParameters = false, string? Trust = null, TimeSpan? Deadline = null)
{
    /// <summary>No preference.</summary>
    public static ProviderPreferences None { get; } = new(new PriceLimits());
}

/// <summary>A client's price caps in nano, each from 0 up; null for no cap.</summary>
/// <param name="PromptNanoPerMillionTokens">For 1,000,000 tokens of the prompt.</param>
/// <param name="CompletionNanoPerMillionTokens">For 1,000,000 tokens of the answer.</param>
/// <param name="RequestNano">For the request as such.</param>
public sealed record PriceLimits(long? PromptNanoPerMillionTokens = null, long? CompletionNanoPerMillionTokens = null, long? RequestNano = null);
