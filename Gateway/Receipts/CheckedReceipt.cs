using CocoonOrleans.Market.Prices;
using CocoonOrleans.Sealing.Receipts;

namespace CocoonOrleans.Gateway.Receipts;

/// <summary>A usage receipt whose signature was checked, and that it is of the job.</summary>
/// <param name="Receipt">The receipt.</param>
/// <param name="Sha256">The hash of its signed bytes.</param>
/// <param name="Signed">The receipt as it came.</param>
public sealed record CheckedReceipt(UsageReceipt Receipt, byte[] Sha256, SignedReceipt Signed)
{
    /// <summary>Its counts.</summary>
    public TokenUsage Usage => new(Receipt.Usage.PromptTokens, Receipt.Usage.CachedTokens, Receipt.Usage.CompletionTokens, Receipt.Usage.ReasoningTokens);
}
