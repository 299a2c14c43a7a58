using System.Formats.Cbor;

namespace CocoonOrleans.Sealing.Receipts;

/// <summary>The prices that a job pays; a receipt binds their hash.</summary>
/// <param name="PromptNanoPerMillionTokens">For prompt tokens that were computed; not negative.</param>
/// <param name="CachedNanoPerMillionTokens">For prompt tokens from the cache; not negative.</param>
/// <param name="CompletionNanoPerMillionTokens">For generated tokens; not negative.</param>
/// <param name="RequestNano">For the request itself; not negative.</param>
public sealed record ReceiptPrices(long PromptNanoPerMillionTokens, long CachedNanoPerMillionTokens, long CompletionNanoPerMillionTokens, long RequestNano)
{
    /// <summary>What stands in a receipt (docs/protocol.md, section 11).</summary>
    /// <exception cref="ArgumentOutOfRangeException">A price is negative.</exception>
    public Digest Hash()
    {
        var writer = new CborWriter(CborConformanceMode.Canonical);
        writer.WriteStartArray(4);
        foreach (var price in (long[])[PromptNanoPerMillionTokens, CachedNanoPerMillionTokens, CompletionNanoPerMillionTokens, RequestNano])
        {
            ArgumentOutOfRangeException.ThrowIfNegative(price);
            writer.WriteInt64(price);
        }

        writer.WriteEndArray();
        return Digest.Of("cocoon/price/v1"u8, writer.Encode());
    }
}
