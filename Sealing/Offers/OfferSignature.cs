using CocoonOrleans.Sealing.Receipts;

namespace CocoonOrleans.Sealing.Offers;

/// <summary>A worker's signature under an offer of the market (docs/protocol.md, section 18). It is by the key that signs receipts, so that whoever believes the one may believe the other.</summary>
public static class OfferSignature
{
    private static ReadOnlySpan<byte> Label => "cocoon/offer/v1\0"u8;

    /// <summary>Signs the bytes of an offer.</summary>
    public static byte[] Sign(ReadOnlySpan<byte> offer, ReceiptKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.Sign([.. Label, .. offer]);
    }

    /// <summary>Whether a signature is that of the statement's receipt key; takes any bytes.</summary>
    public static bool Verify(ReadOnlySpan<byte> offer, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> receiptKey) => ReceiptKey.Verify(receiptKey, [.. Label, .. offer], signature);
}
