using CocoonOrleans.Sealing.Receipts;

namespace CocoonOrleans.Sealing.Offers;

/// <summary>The hash of an auction's transcript, which a worker signs with its receipt, and the gateway's signature under the same bytes (docs/protocol.md, section 19).</summary>
public static class AuctionSignature
{
    private const int PointBytes = 65;

    private static ReadOnlySpan<byte> Label => "cocoon/auction/v1"u8;

    /// <summary>The transcript's hash.</summary>
    public static Digest HashOf(ReadOnlySpan<byte> transcript) => Digest.Of(Label, transcript);

    /// <summary>The bytes that the gateway signs with the key of its tunnels.</summary>
    public static byte[] Labeled(ReadOnlySpan<byte> transcript) => [.. Label, 0, .. transcript];

    /// <summary>Whether a gateway signed; takes any bytes.</summary>
    /// <param name="transcript">The transcript.</param>
    /// <param name="signature">ES256, 64 bytes.</param>
    /// <param name="subjectPublicKeyInfo">The gateway's key (P-256), as its id is the hash of it.</param>
    public static bool Verify(ReadOnlySpan<byte> transcript, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> subjectPublicKeyInfo) =>
        subjectPublicKeyInfo.Length > PointBytes && ReceiptKey.Verify(subjectPublicKeyInfo[^PointBytes..], Labeled(transcript), signature);
}
