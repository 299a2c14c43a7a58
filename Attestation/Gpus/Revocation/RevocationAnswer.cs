using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using CocoonOrleans.Attestation.Certificates;
using CocoonOrleans.Attestation.Refusals;

namespace CocoonOrleans.Attestation.Gpus.Revocation;

/// <summary>
/// An answer of an OCSP responder about one certificate or more (RFC 6960, 4.2), read strictly: a basic response, DER, signed by ECDSA. Who may sign it:
/// the certificate's issuer, or whom that issuer certified for it (4.2.2.2).
/// </summary>
internal sealed class RevocationAnswer
{
    /// <summary>The most bytes of one: they have one or two KiB.</summary>
    public const int LargestBytes = 16 * 1024;

    /// <summary>How old an answer may be, whatever its end: answers are handed over by those who have an interest in old ones.</summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromDays(7);

    private const string BasicResponse = "1.3.6.1.5.5.7.48.1.1";
    private const string OcspSigning = "1.3.6.1.5.5.7.3.9";
    private const string Sha1 = "1.3.14.3.2.26";
    private const string Sha256 = "2.16.840.1.101.3.4.2.1";
    private const string Sha384 = "2.16.840.1.101.3.4.2.2";
    private const string EcdsaSha256 = "1.2.840.10045.4.3.2";
    private const string EcdsaSha384 = "1.2.840.10045.4.3.3";
    private const int MostAnswers = 16;
    private const int MostCertificates = 4;

    private readonly ReadOnlyMemory<byte> _signed;
    private readonly ReadOnlyMemory<byte> _signature;
    private readonly bool _isSha384;
    private readonly List<Certificate> _certificates = [];
    private readonly List<Answer> _answers = [];

    private RevocationAnswer(ReadOnlyMemory<byte> der)
    {
        var basic = new AsnReader(Unwrap(der), AsnEncodingRules.DER);
        var parts = basic.ReadSequence();
        basic.ThrowIfNotEmpty();
        _signed = parts.ReadEncodedValue();
        var algorithm = parts.ReadSequence();
        var signing = algorithm.ReadObjectIdentifier();
        algorithm.ThrowIfNotEmpty();
        _isSha384 = signing == EcdsaSha384;
        if (!_isSha384 && signing != EcdsaSha256)
        {
            throw new RefusedException(RefusalCodes.GpuRevocationFormat, $"an OCSP answer signed by ECDSA with SHA-256 or SHA-384 was expected, not by {signing}");
        }

        if (!parts.TryReadPrimitiveBitString(out var unused, out _signature) || unused != 0)
        {
            throw new AsnContentException("The signature is no whole number of bytes.");
        }

        if (parts.HasData)
        {
            ReadCertificates(parts.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0)).ReadSequence());
        }

        parts.ThrowIfNotEmpty();
        ReadContent(new AsnReader(_signed, AsnEncodingRules.DER).ReadSequence());
    }

    private enum Status
    {
        Good,
        Revoked,
        Unknown,
    }

    /// <exception cref="RefusedException">It is no such answer.</exception>
    public static RevocationAnswer Parse(ReadOnlyMemory<byte> der)
    {
        if (der.Length > LargestBytes)
        {
            throw new RefusedException(RefusalCodes.GpuRevocationFormat, $"an OCSP answer of at most {LargestBytes} bytes was expected");
        }

        try
        {
            return new RevocationAnswer(der);
        }
        catch (Exception malformed) when (malformed is AsnContentException or CryptographicException or ArgumentException)
        {
            throw new RefusedException(RefusalCodes.GpuRevocationFormat, $"an OCSP answer in DER was expected ({malformed.Message})");
        }
    }

    /// <summary>Whether it speaks of a certificate.</summary>
    public bool IsAbout(Certificate certificate, Certificate issuer) => Find(certificate, issuer) is not null;

    /// <summary>Checks that it says of a certificate, now and by who may say it, that it is not revoked.</summary>
    /// <returns>Until when that holds.</returns>
    /// <exception cref="RefusedException">It does not.</exception>
    public DateTimeOffset CheckGood(Certificate certificate, Certificate issuer, DateTimeOffset now)
    {
        var answer = Find(certificate, issuer) ?? throw new InvalidOperationException("The answer is about another certificate.");
        CheckSignature(issuer, now);
        var until = answer.NextUpdate is { } next && next < answer.ThisUpdate + LongestLife ? next : answer.ThisUpdate + LongestLife;
        if (now < answer.ThisUpdate || now > until)
        {
            throw new RefusedException(
                RefusalCodes.GpuRevocationExpired, $"the OCSP answer about {certificate.SubjectCommonName} holds from {answer.ThisUpdate:u} to {until:u}, not at {now:u}");
        }

        return answer.Status switch
        {
            Status.Good => until,
            Status.Revoked => throw new RefusedException(RefusalCodes.GpuRevoked, $"the certificate of {certificate.SubjectCommonName} is revoked since {answer.RevokedAt:u}"),
            _ => throw new RefusedException(RefusalCodes.GpuRevoked, $"the responder was expected to know the certificate of {certificate.SubjectCommonName}"),
        };
    }

    private static ReadOnlyMemory<byte> Unwrap(ReadOnlyMemory<byte> der)
    {
        var outer = new AsnReader(der, AsnEncodingRules.DER);
        var response = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        if (response.ReadEnumeratedBytes().Span is not [0])
        {
            throw new RefusedException(RefusalCodes.GpuRevocationFormat, "an OCSP answer was expected, not an error of the responder");
        }

        var wrapper = response.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0));
        response.ThrowIfNotEmpty();
        var typed = wrapper.ReadSequence();
        wrapper.ThrowIfNotEmpty();
        var type = typed.ReadObjectIdentifier();
        if (type != BasicResponse || !typed.TryReadPrimitiveOctetString(out var basic))
        {
            throw new RefusedException(RefusalCodes.GpuRevocationFormat, $"a basic OCSP answer was expected, not {type}");
        }

        typed.ThrowIfNotEmpty();
        return basic;
    }

    private static DateTimeOffset? ReadNextUpdate(AsnReader single)
    {
        var tag = new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true);
        if (!single.HasData || !single.PeekTag().HasSameClassAndValue(tag))
        {
            return null;
        }

        var wrapper = single.ReadSequence(tag);
        var time = wrapper.ReadGeneralizedTime();
        wrapper.ThrowIfNotEmpty();
        return time;
    }

    private static (Status Status, DateTimeOffset? RevokedAt) ReadStatus(AsnReader single)
    {
        var tag = single.PeekTag();
        if (tag.TagClass != TagClass.ContextSpecific)
        {
            throw new AsnContentException("A status was expected.");
        }

        switch (tag.TagValue)
        {
            case 0:
                single.ReadNull(tag);
                return (Status.Good, null);
            case 1:
                return (Status.Revoked, single.ReadSequence(tag).ReadGeneralizedTime());
            case 2:
                single.ReadNull(tag);
                return (Status.Unknown, null);
            default:
                throw new AsnContentException("A status that is not known.");
        }
    }

    private static byte[]? Hash(string algorithm, ReadOnlySpan<byte> data) => algorithm switch
    {
        // Which certificate is meant, nothing more: a collision in SHA-1 would have to be in a certificate that NVIDIA signed.
#pragma warning disable CA5350
        Sha1 => SHA1.HashData(data),
#pragma warning restore CA5350
        Sha256 => SHA256.HashData(data),
        Sha384 => SHA384.HashData(data),
        _ => null,
    };

    private void ReadCertificates(AsnReader list)
    {
        while (list.HasData)
        {
            if (_certificates.Count == MostCertificates)
            {
                throw new RefusedException(RefusalCodes.GpuRevocationFormat, $"at most {MostCertificates} certificates were expected in an OCSP answer");
            }

            _certificates.Add(Certificate.Parse(list.ReadEncodedValue(), ChainCodes.Gpu));
        }
    }

    private void ReadContent(AsnReader content)
    {
        if (content.PeekTag().HasSameClassAndValue(new Asn1Tag(TagClass.ContextSpecific, 0)))
        {
            throw new AsnContentException("Version 1 is not written out in DER, and no other is known.");
        }

        // Whom it names as responder says nothing that its signature doesn't.
        content.ReadEncodedValue();
        content.ReadGeneralizedTime();
        var list = content.ReadSequence();
        while (list.HasData)
        {
            if (_answers.Count == MostAnswers)
            {
                throw new RefusedException(RefusalCodes.GpuRevocationFormat, $"at most {MostAnswers} certificates were expected in an OCSP answer");
            }

            _answers.Add(ReadAnswer(list.ReadSequence()));
        }

        RefuseCritical(content);
        content.ThrowIfNotEmpty();
    }

    private static Answer ReadAnswer(AsnReader single)
    {
        var id = single.ReadSequence();
        var algorithm = id.ReadSequence().ReadObjectIdentifier();
        var (name, key, serial) = (id.ReadOctetString(), id.ReadOctetString(), id.ReadInteger());
        id.ThrowIfNotEmpty();
        var (status, revokedAt) = ReadStatus(single);
        var answer = new Answer(algorithm, name, key, serial, status, revokedAt, single.ReadGeneralizedTime(), ReadNextUpdate(single));
        RefuseCritical(single);
        single.ThrowIfNotEmpty();
        return answer;
    }

    /// <summary>Extensions [1]: none says anything that counts here, and a critical one might.</summary>
    private static void RefuseCritical(AsnReader reader)
    {
        if (!reader.HasData)
        {
            return;
        }

        var list = reader.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 1)).ReadSequence();
        while (list.HasData)
        {
            if (ExtensionField.Read(list) is { IsCritical: true } field)
            {
                throw new RefusedException(RefusalCodes.GpuRevocationFormat, $"no critical extension was expected in an OCSP answer; it has {field.Identifier}");
            }
        }
    }

    private Answer? Find(Certificate certificate, Certificate issuer) => _answers.FirstOrDefault(answer =>
        answer.Serial == certificate.Serial
        && Hash(answer.Algorithm, issuer.Subject.Span)?.AsSpan().SequenceEqual(answer.IssuerName) == true
        && Hash(answer.Algorithm, issuer.Key.Point())?.AsSpan().SequenceEqual(answer.IssuerKey) == true);

    private void CheckSignature(Certificate issuer, DateTimeOffset now)
    {
        if (IsSignedBy(issuer.Key))
        {
            return;
        }

        var responder = _certificates.FirstOrDefault(certificate => IsSignedBy(certificate.Key))
            ?? throw new RefusedException(RefusalCodes.GpuRevocationSignature, $"an OCSP answer signed by {issuer.SubjectCommonName}, or by whom it certified, was expected");
        var isEntitled = responder.Issuer.Span.SequenceEqual(issuer.Subject.Span)
            && responder.IsSignedBy(issuer, ChainCodes.Gpu)
            && responder.IsFor(OcspSigning)
            && now >= responder.NotBefore && now <= responder.NotAfter;
        if (!isEntitled)
        {
            throw new RefusedException(
                RefusalCodes.GpuRevocationSignature, $"{responder.SubjectCommonName} was expected to be certified by {issuer.SubjectCommonName} to sign OCSP answers at {now:u}");
        }
    }

    private bool IsSignedBy(EcPublicKey key) =>
        key.IsP384 == _isSha384 && key.Verifies(_signed.Span, _signature.Span, DSASignatureFormat.Rfc3279DerSequence);

    private sealed record Answer(
        string Algorithm, byte[] IssuerName, byte[] IssuerKey, BigInteger Serial, Status Status, DateTimeOffset? RevokedAt, DateTimeOffset ThisUpdate, DateTimeOffset? NextUpdate);
}
