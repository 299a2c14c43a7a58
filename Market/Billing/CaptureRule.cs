using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Market.Billing;

/// <summary>
/// What is taken from a hold: <c>min(hold, charge(worker's report), charge(gateway's count + tolerance))</c>. A worker that reports more
/// than was seen is paid for what was seen.
/// </summary>
public static class CaptureRule
{
    /// <summary>The tokens by which a worker's completion count may exceed the gateway's: text at a token border can be split in more than one way.</summary>
    public static long CompletionTolerance(long countedTokens) => Math.Max(2, countedTokens / 100);

    /// <summary>The usage that is billed: each class of the receipt, but no more than was counted (completion with its tolerance, prompt with none).</summary>
    /// <param name="reported">The worker's report.</param>
    /// <param name="countedPromptTokens">The gateway's own prompt count.</param>
    /// <param name="countedCompletionTokens">The gateway's own completion count; null where it can't count, as for a sealed answer.</param>
    public static TokenUsage Billable(TokenUsage reported, long countedPromptTokens, long? countedCompletionTokens)
    {
        long prompt = Math.Min(reported.Prompt, countedPromptTokens);
        long completion = countedCompletionTokens is { } counted
            ? Math.Min(reported.Completion, counted + CompletionTolerance(counted))
            : reported.Completion;
        return new TokenUsage(prompt, Math.Min(reported.Cached, prompt), completion, Math.Min(reported.Reasoning, completion));
    }

    /// <summary>The amount to capture.</summary>
    public static Nano Amount(Nano hold, TokenPrices price, TokenUsage billable) => Nano.Min(hold, price.Charge(billable));
}
