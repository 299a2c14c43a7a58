using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace CocoonOrleans.Market.Offers;

/// <summary>An offer as its worker signed it. Equal where the signed bytes are. Whoever took it in has checked the signature.</summary>
public sealed class PostedOffer : IEquatable<PostedOffer>
{
    /// <summary>Length of a signature.</summary>
    public const int SignatureBytes = 64;

    private PostedOffer(OfferTerms terms, byte[] bytes, byte[] signature) =>
        (Terms, Bytes, Signature, Hash) = (terms, bytes, signature, SHA256.HashData([.. "cocoon/offer/v1\0"u8, .. bytes]));

    /// <summary>What it says.</summary>
    public OfferTerms Terms { get; }

    /// <summary>The signed bytes.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>ES256 by the receipt key of the worker's statement.</summary>
    public ReadOnlyMemory<byte> Signature { get; }

    /// <summary>What names it: SHA-256 of <c>cocoon/offer/v1</c>, a zero byte and the bytes.</summary>
    public ReadOnlyMemory<byte> Hash { get; }

    /// <summary>Reads an offer; its signature is not checked.</summary>
    /// <param name="bytes">The signed bytes.</param>
    /// <param name="signature">64 bytes.</param>
    /// <param name="offer">The offer, where the form is right.</param>
    /// <param name="fault">What is wrong, beginning with the field; null where nothing is.</param>
    public static bool TryRead(byte[] bytes, byte[] signature, [NotNullWhen(true)] out PostedOffer? offer, [NotNullWhen(false)] out string? fault)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        ArgumentNullException.ThrowIfNull(signature);
        offer = null;
        fault = signature.Length == SignatureBytes ? null : "signature must have 64 bytes.";
        if (fault is null && OfferEncoding.TryDecode(bytes, out OfferTerms? terms, out fault))
        {
            offer = new PostedOffer(terms, bytes, signature);
        }

        return offer is not null;
    }

    /// <inheritdoc/>
    public bool Equals(PostedOffer? other) => other is not null && Bytes.Span.SequenceEqual(other.Bytes.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PostedOffer);

    /// <inheritdoc/>
    public override int GetHashCode() => BitConverter.ToInt32(Hash.Span);
}
