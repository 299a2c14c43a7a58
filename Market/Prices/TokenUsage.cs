namespace CocoonOrleans.Market.Prices;

/// <summary>Tokens that a job used, as they are billed.</summary>
/// <param name="Prompt">Prompt tokens, cached ones included.</param>
/// <param name="Cached">Prompt tokens that came from the prefix cache; at most <paramref name="Prompt"/>.</param>
/// <param name="Completion">Generated tokens, reasoning included.</param>
/// <param name="Reasoning">Generated tokens that were reasoning; at most <paramref name="Completion"/>.</param>
public readonly record struct TokenUsage(long Prompt, long Cached, long Completion, long Reasoning = 0)
{
    /// <summary>Prompt and completion together.</summary>
    public long Total => checked(Prompt + Completion);

    /// <summary>Whether nothing was read and nothing generated.</summary>
    public bool IsEmpty => Prompt == 0 && Completion == 0;

    /// <summary>Whether no count is negative and each part is within its whole.</summary>
    public bool IsValid => Cached >= 0 && Reasoning >= 0 && Prompt >= Cached && Completion >= Reasoning;
}
