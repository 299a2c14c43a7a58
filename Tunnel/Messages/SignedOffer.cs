namespace CocoonOrleans.Tunnel.Messages;

/// <summary>A worker's offer to the market (docs/protocol.md, section 18), opaque to the tunnel.</summary>
/// <param name="Offer">Its bytes, at most <see cref="MaxOfferBytes"/>.</param>
/// <param name="Signature">ES256 by the receipt key of the worker's statement, 64 bytes.</param>
public sealed record SignedOffer(byte[] Offer, byte[] Signature)
{
    /// <summary>Most bytes of an offer.</summary>
    public const int MaxOfferBytes = 2048;

    internal void Validate()
    {
        FieldCheck.That(Offer.Length is >= 1 and <= MaxOfferBytes, "offers.offer", $"must have 1 to {MaxOfferBytes} bytes");
        FieldCheck.That(Signature.Length == KeptReceipt.SignatureBytes, "offers.signature", $"must have {KeptReceipt.SignatureBytes} bytes");
    }
}
