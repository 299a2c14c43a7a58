namespace CocoonOrleans.Tunnel.Messages;

/// <summary>
/// Prices on the wire: plain integers of nano per 1,000,000 tokens (this project knows nothing of the market; its users turn them into Market's
/// types at once).
/// </summary>
/// <param name="PromptNanoPerMillionTokens">Prompt tokens that were not cached. Not negative.</param>
/// <param name="CachedNanoPerMillionTokens">Prompt tokens from the prefix cache. Not negative.</param>
/// <param name="CompletionNanoPerMillionTokens">Generated tokens. Not negative.</param>
/// <param name="RequestNano">Nano per request. Not negative.</param>
public sealed record OfferedPrices(
    long PromptNanoPerMillionTokens, long CachedNanoPerMillionTokens, long CompletionNanoPerMillionTokens, long RequestNano = 0)
{
    /// <summary>Whether no price is negative.</summary>
    public bool IsValid =>
        PromptNanoPerMillionTokens >= 0 && CachedNanoPerMillionTokens >= 0 && CompletionNanoPerMillionTokens >= 0 && RequestNano >= 0;

    /// <summary>Whether every price is at least the other's.</summary>
    public bool Covers(OfferedPrices asked)
    {
        ArgumentNullException.ThrowIfNull(asked);
        return PromptNanoPerMillionTokens >= asked.PromptNanoPerMillionTokens
            && CachedNanoPerMillionTokens >= asked.CachedNanoPerMillionTokens
            && CompletionNanoPerMillionTokens >= asked.CompletionNanoPerMillionTokens
            && RequestNano >= asked.RequestNano;
    }
}
