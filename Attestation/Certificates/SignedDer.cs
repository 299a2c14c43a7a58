using System.Formats.Asn1;
using CocoonOrleans.Attestation.Refusals;

namespace CocoonOrleans.Attestation.Certificates;

/// <summary>The outer form that a certificate and a CRL share: content, algorithm, signature (RFC 5280, 4.1 and 5.1).</summary>
/// <param name="Content">The signed bytes, as they came.</param>
/// <param name="Algorithm">The outer algorithm, whole and encoded. Nothing signs it: <see cref="CheckInner"/> holds the inner one to it.</param>
/// <param name="Signature">DER.</param>
internal sealed record SignedDer(ReadOnlyMemory<byte> Content, ReadOnlyMemory<byte> Algorithm, ReadOnlyMemory<byte> Signature)
{
    private const string EcdsaSha256 = "1.2.840.10045.4.3.2";
    private const string EcdsaSha384 = "1.2.840.10045.4.3.3";

    public static SignedDer Read(ReadOnlyMemory<byte> der)
    {
        var outer = new AsnReader(der, AsnEncodingRules.DER);
        var parts = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        var content = parts.ReadEncodedValue();
        var algorithm = parts.ReadEncodedValue();
        if (!parts.TryReadPrimitiveBitString(out var unused, out var signature) || unused != 0)
        {
            throw new AsnContentException("The signature is no whole number of bytes.");
        }

        parts.ThrowIfNotEmpty();
        return new SignedDer(content, algorithm, signature);
    }

    /// <summary>Holds the signed algorithm to the unsigned one, and both to ECDSA with SHA-256 or SHA-384.</summary>
    /// <param name="inner">The algorithm as the signed content names it, encoded.</param>
    /// <param name="code">The code of a difference.</param>
    /// <returns>Whether it is SHA-384.</returns>
    public bool CheckInner(ReadOnlyMemory<byte> inner, string code)
    {
        if (!inner.Span.SequenceEqual(Algorithm.Span))
        {
            throw new RefusedException(code, "the unsigned algorithm was expected to equal the signed one");
        }

        var parts = new AsnReader(inner, AsnEncodingRules.DER).ReadSequence();
        var algorithm = parts.ReadObjectIdentifier();
        if (parts.HasData || algorithm is not (EcdsaSha256 or EcdsaSha384))
        {
            throw new RefusedException(code, $"ECDSA with SHA-256 or SHA-384 was expected as algorithm, not {algorithm}");
        }

        return algorithm == EcdsaSha384;
    }

    /// <summary>A time of RFC 5280: UTCTime until 2049, GeneralizedTime from then on.</summary>
    public static DateTimeOffset ReadTime(AsnReader reader) =>
        reader.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime) ? reader.ReadUtcTime() : reader.ReadGeneralizedTime();
}
