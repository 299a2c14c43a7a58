using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using CocoonOrleans.Attestation.Refusals;

namespace CocoonOrleans.Attestation.Certificates;

/// <summary>
/// An X.509 certificate, read strictly (RFC 5280, 4.1): DER, version 3, an EC key, known critical extensions only. We read it ourselves because the
/// platform's class hides the unsigned outer algorithm, gives times in the local zone, and takes as long to build as a signature takes to verify.
/// </summary>
internal sealed class Certificate
{
    private const string CommonName = "2.5.4.3";
    private const string BasicConstraints = "2.5.29.19";
    private const string KeyUsage = "2.5.29.15";
    private const string ExtendedKeyUsage = "2.5.29.37";
    private const byte KeyCertSign = 0x04;
    private const int MostExtensions = 64;

    private readonly SignedDer _signed;
    private readonly bool _isSha384;
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _extensions = [];
    private byte[]? _usage;

    private Certificate(ReadOnlyMemory<byte> der, ChainCodes codes)
    {
        Bytes = der;
        _signed = SignedDer.Read(der);
        var content = new AsnReader(_signed.Content, AsnEncodingRules.DER).ReadSequence();
        var version = content.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0)).ReadInteger();
        if (version != 2)
        {
            throw new RefusedException(codes.Malformed, $"a certificate of version 3 was expected, not {version + 1}");
        }

        Serial = content.ReadInteger();
        _isSha384 = _signed.CheckInner(content.ReadEncodedValue(), codes.Algorithm);
        Issuer = content.ReadEncodedValue();
        var validity = content.ReadSequence();
        NotBefore = SignedDer.ReadTime(validity);
        NotAfter = SignedDer.ReadTime(validity);
        validity.ThrowIfNotEmpty();
        Subject = content.ReadEncodedValue();
        SubjectCommonName = ReadCommonName(Subject);
        Key = EcPublicKey.Read(content, codes.Key);
        ReadExtensions(content.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 3)), codes);
        content.ThrowIfNotEmpty();
    }

    /// <summary>All of it, DER.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The serial number; CRLs name it.</summary>
    public BigInteger Serial { get; }

    /// <summary>The issuer's name, encoded.</summary>
    public ReadOnlyMemory<byte> Issuer { get; }

    /// <summary>The holder's name, encoded.</summary>
    public ReadOnlyMemory<byte> Subject { get; }

    /// <summary>The holder's common name, for people and for the kind of certificate; may be empty.</summary>
    public string SubjectCommonName { get; }

    /// <summary>From when it holds.</summary>
    public DateTimeOffset NotBefore { get; }

    /// <summary>Until when it holds.</summary>
    public DateTimeOffset NotAfter { get; }

    /// <summary>The holder's key.</summary>
    public EcPublicKey Key { get; }

    /// <summary>Whether it says, as something that must be understood, what its key alone is for.</summary>
    public bool IsLimited { get; private set; }

    /// <summary>Whether it may issue certificates.</summary>
    public bool IsAuthority { get; private set; }

    /// <param name="der">The bytes; kept, not copied.</param>
    /// <param name="codes">The codes of what can be wrong with it.</param>
    /// <exception cref="RefusedException">It is no certificate that is supported.</exception>
    public static Certificate Parse(ReadOnlyMemory<byte> der, ChainCodes codes)
    {
        try
        {
            return new Certificate(der, codes);
        }
        catch (Exception malformed) when (malformed is AsnContentException or CryptographicException or ArgumentException)
        {
            throw new RefusedException(codes.Malformed, $"an X.509 certificate in DER was expected ({malformed.Message})");
        }
    }

    /// <summary>The content of an extension; null where there is none.</summary>
    public ReadOnlyMemory<byte>? Extension(string identifier) => _extensions.TryGetValue(identifier, out var value) ? value : default(ReadOnlyMemory<byte>?);

    /// <summary>Whether it says that its key is for a purpose (RFC 5280, 4.2.1.12).</summary>
    /// <exception cref="AsnContentException">The list of purposes is none.</exception>
    public bool IsFor(string purpose)
    {
        if (Extension(ExtendedKeyUsage) is not { } value)
        {
            return false;
        }

        var purposes = new AsnReader(value, AsnEncodingRules.DER).ReadSequence();
        var isFound = false;
        while (purposes.HasData)
        {
            isFound |= purposes.ReadObjectIdentifier() == purpose;
        }

        return isFound;
    }

    /// <summary>Whether an issuer's key signed this.</summary>
    /// <exception cref="RefusedException">The issuer's key is none.</exception>
    public bool IsSignedBy(Certificate issuer, ChainCodes codes)
    {
        if (issuer.Key.IsP384 != _isSha384)
        {
            throw new RefusedException(codes.Algorithm, $"the hash was expected to fit the issuer's curve in the certificate of {SubjectCommonName}");
        }

        try
        {
            return issuer.Key.Verifies(_signed.Content.Span, _signed.Signature.Span, DSASignatureFormat.Rfc3279DerSequence);
        }
        catch (CryptographicException)
        {
            throw new RefusedException(codes.Key, $"the key of {issuer.SubjectCommonName} is no point of its curve");
        }
    }

    private static string ReadCommonName(ReadOnlyMemory<byte> name)
    {
        var parts = new AsnReader(name, AsnEncodingRules.DER).ReadSequence();
        while (parts.HasData)
        {
            var part = parts.ReadSetOf().ReadSequence();
            if (part.ReadObjectIdentifier() == CommonName)
            {
                return part.ReadCharacterString((UniversalTagNumber)part.PeekTag().TagValue);
            }
        }

        return "";
    }

    private void ReadExtensions(AsnReader wrapper, ChainCodes codes)
    {
        var list = wrapper.ReadSequence();
        wrapper.ThrowIfNotEmpty();
        while (list.HasData)
        {
            var (identifier, isCritical, value) = ExtensionField.Read(list);
            if (_extensions.Count == MostExtensions || !_extensions.TryAdd(identifier, value))
            {
                throw new RefusedException(codes.Malformed, $"at most {MostExtensions} extensions, each once, were expected in a certificate; {identifier} is one too many");
            }

            switch (identifier)
            {
                case BasicConstraints:
                    var constraints = new AsnReader(value, AsnEncodingRules.DER).ReadSequence();
                    IsAuthority = constraints.HasData && constraints.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean) && constraints.ReadBoolean();
                    break;
                case KeyUsage:
                    // Checked beside the CA flag: a certificate that says what its key is for must say that it signs certificates.
                    _usage = new AsnReader(value, AsnEncodingRules.DER).ReadBitString(out _);
                    break;
                case ExtendedKeyUsage:
                    IsLimited = isCritical;
                    break;
                default:
                    if (isCritical)
                    {
                        throw new RefusedException(codes.Malformed, $"no unknown critical extension was expected in the certificate of {SubjectCommonName}; it has {identifier}");
                    }

                    break;
            }
        }

        IsAuthority = IsAuthority && (_usage is null || (_usage.Length > 0 && (_usage[0] & KeyCertSign) != 0));
    }
}
