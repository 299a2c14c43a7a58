namespace CocoonOrleans.Market.Prices;

/// <summary>What a model costs, by class of token. Every price is nano per 1,000,000 tokens; <paramref name="Request"/> is nano per request.</summary>
/// <param name="Prompt">Nano per 1,000,000 prompt tokens that were not cached. Not negative.</param>
/// <param name="Cached">Nano per 1,000,000 prompt tokens found in the prefix cache. Not negative.</param>
/// <param name="Completion">Nano per 1,000,000 generated tokens, reasoning included. Not negative.</param>
/// <param name="Request">Nano per request, charged once when at least one token was delivered. Not negative.</param>
public readonly record struct TokenPrices(Nano Prompt, Nano Cached, Nano Completion, Nano Request = default)
{
    /// <summary>The number of tokens that a price is for.</summary>
    public const long TokensPerPrice = 1_000_000;

    /// <summary>Whether no price is negative.</summary>
    public bool IsValid => Prompt.Value >= 0 && Cached.Value >= 0 && Completion.Value >= 0 && Request.Value >= 0;

    /// <summary>Whether no price is above the cap's.</summary>
    public bool IsWithin(TokenPrices cap) => Prompt <= cap.Prompt && Cached <= cap.Cached && Completion <= cap.Completion && Request <= cap.Request;

    /// <summary>
    /// What is held before work starts: the prompt at full price and the most tokens that may be generated, rounded up
    /// (<c>ceil((prompt x P_prompt + n x max_out x P_completion) / 10^6) + P_request</c>).
    /// </summary>
    /// <param name="promptTokens">The exact prompt count.</param>
    /// <param name="maxCompletionTokens">The most tokens over all choices that may be generated.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative.</exception>
    /// <exception cref="OverflowException">The sum does not fit in 64 bits.</exception>
    public Nano Hold(long promptTokens, long maxCompletionTokens)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(promptTokens);
        ArgumentOutOfRangeException.ThrowIfNegative(maxCompletionTokens);
        return RoundUp((Int128)promptTokens * Prompt.Value + (Int128)maxCompletionTokens * Completion.Value) + Request;
    }

    /// <summary>What a usage costs: the sum over its classes, rounded up once, and the request price. Nothing generated and nothing read costs nothing.</summary>
    /// <exception cref="OverflowException">The sum does not fit in 64 bits.</exception>
    public Nano Charge(TokenUsage usage) => usage.IsEmpty
        ? Nano.Zero
        : RoundUp((Int128)(usage.Prompt - usage.Cached) * Prompt.Value
            + (Int128)usage.Cached * Cached.Value
            + (Int128)usage.Completion * Completion.Value) + Request;

    private static Nano RoundUp(Int128 millionths) =>
        new(checked((long)((millionths + (TokensPerPrice - 1)) / TokensPerPrice)));
}
