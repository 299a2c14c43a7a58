using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using CocoonOrleans.Attestation.Refusals;

namespace CocoonOrleans.Attestation.Certificates;

/// <summary>A complete CRL of version 2, read strictly (RFC 5280, 5.1): unknown critical extensions are refused, in the list and in its entries.</summary>
internal sealed class CertificateRevocationList
{
    /// <summary>The most bytes that are looked at: Intel's lists have a few KiB.</summary>
    public const int LargestBytes = 1024 * 1024;

    private const string CrlNumber = "2.5.29.20";
    private const string ReasonCode = "2.5.29.21";

    private readonly SignedDer _signed;
    private readonly string _name;
    private readonly HashSet<BigInteger> _revoked = [];

    private CertificateRevocationList(ReadOnlyMemory<byte> der, string name)
    {
        _name = name;
        _signed = SignedDer.Read(der);
        var content = new AsnReader(_signed.Content, AsnEncodingRules.DER).ReadSequence();
        if (content.ReadInteger() != 1)
        {
            throw Format("version 2 was expected");
        }

        if (_signed.CheckInner(content.ReadEncodedValue(), RefusalCodes.CrlAlgorithm))
        {
            throw new RefusedException(RefusalCodes.CrlAlgorithm, $"the {name} was expected to be signed with SHA-256");
        }

        Issuer = content.ReadEncodedValue();
        ThisUpdate = SignedDer.ReadTime(content);
        NextUpdate = SignedDer.ReadTime(content);
        if (content.HasData && content.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence))
        {
            ReadEntries(content.ReadSequence());
        }

        if (content.HasData)
        {
            var wrapper = content.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0));
            ReadExtensions(wrapper.ReadSequence(), number => Number = new AsnReader(number, AsnEncodingRules.DER).ReadInteger());
            wrapper.ThrowIfNotEmpty();
        }

        content.ThrowIfNotEmpty();
    }

    /// <summary>The issuer's name, encoded.</summary>
    public ReadOnlyMemory<byte> Issuer { get; }

    /// <summary>From when it holds.</summary>
    public DateTimeOffset ThisUpdate { get; }

    /// <summary>Until when it holds.</summary>
    public DateTimeOffset NextUpdate { get; }

    /// <summary>Its number: a later list of the same issuer has a higher one. Null where it has none.</summary>
    public BigInteger? Number { get; private set; }

    /// <param name="der">The bytes; kept, not copied.</param>
    /// <param name="name">What it is called in reasons.</param>
    public static CertificateRevocationList Parse(ReadOnlyMemory<byte> der, string name)
    {
        if (der.IsEmpty)
        {
            throw new RefusedException(RefusalCodes.CrlMissing, $"the {name} is required and absent");
        }

        if (der.Length > LargestBytes)
        {
            throw new RefusedException(RefusalCodes.CrlFormat, $"the {name} was expected to have at most {LargestBytes} bytes");
        }

        try
        {
            return new CertificateRevocationList(der, name);
        }
        catch (Exception malformed) when (malformed is AsnContentException or CryptographicException or ArgumentException)
        {
            throw new RefusedException(RefusalCodes.CrlFormat, $"the {name} was expected to be a CRL in DER ({malformed.Message})");
        }
    }

    /// <summary>Checks that an issuer made it.</summary>
    public void CheckIssuer(Certificate issuer)
    {
        if (!issuer.Subject.Span.SequenceEqual(Issuer.Span))
        {
            throw new RefusedException(RefusalCodes.CrlIssuer, $"the {_name} was expected to be of {issuer.SubjectCommonName}");
        }

        if (issuer.Key.IsP384 || !issuer.Key.Verifies(_signed.Content.Span, _signed.Signature.Span, DSASignatureFormat.Rfc3279DerSequence))
        {
            throw new RefusedException(RefusalCodes.CrlSignature, $"the {_name} was expected to be signed by {issuer.SubjectCommonName}");
        }
    }

    /// <summary>Checks that it holds at a time.</summary>
    public void CheckTime(DateTimeOffset now)
    {
        if (now < ThisUpdate || now > NextUpdate)
        {
            throw new RefusedException(RefusalCodes.CrlExpired, $"the {_name} holds from {ThisUpdate:u} to {NextUpdate:u}, not at {now:u}");
        }
    }

    /// <summary>Whether it names a certificate.</summary>
    public bool Revokes(Certificate certificate) => _revoked.Contains(certificate.Serial);

    private void ReadEntries(AsnReader entries)
    {
        while (entries.HasData)
        {
            var entry = entries.ReadSequence();
            _revoked.Add(entry.ReadInteger());
            SignedDer.ReadTime(entry);
            if (entry.HasData)
            {
                ReadExtensions(entry.ReadSequence(), _ => { });
            }

            entry.ThrowIfNotEmpty();
        }
    }

    private void ReadExtensions(AsnReader list, Action<ReadOnlyMemory<byte>> number)
    {
        HashSet<string> seen = [];
        while (list.HasData)
        {
            var (identifier, isCritical, value) = ExtensionField.Read(list);
            if (!seen.Add(identifier))
            {
                throw Format($"each extension was expected once; {identifier} comes again");
            }

            if (identifier == CrlNumber)
            {
                number(value);
            }
            else if (isCritical && identifier != ReasonCode)
            {
                throw new RefusedException(RefusalCodes.CrlCritical, $"no unknown critical extension was expected in the {_name}; it has {identifier}");
            }
        }
    }

    private RefusedException Format(string expected) => new(RefusalCodes.CrlFormat, $"in the {_name} {expected}");
}
