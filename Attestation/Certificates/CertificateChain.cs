using System.Text;
using CocoonOrleans.Attestation.Refusals;

namespace CocoonOrleans.Attestation.Certificates;

/// <summary>
/// A chain of a known length, leaf first, that ends in the pinned root byte for byte. Reading judges everything but signatures and time;
/// signatures are checked once for what is kept, the time at every use.
/// </summary>
internal sealed class CertificateChain
{
    private const int LargestBytes = 64 * 1024;
    private const string Begin = "-----BEGIN CERTIFICATE-----";
    private const string End = "-----END CERTIFICATE-----";
    private const string WhiteSpace = " \t\r\n";

    private readonly Certificate[] _certificates;
    private readonly ChainCodes _codes;

    private CertificateChain(Certificate[] certificates, ChainCodes codes)
    {
        _certificates = certificates;
        _codes = codes;
    }

    /// <summary>The holder's certificate.</summary>
    public Certificate Leaf => _certificates[0];

    /// <summary>The leaf's issuer.</summary>
    public Certificate Issuer => _certificates[1];

    /// <summary>Each certificate but the root, with its issuer, leaf first.</summary>
    public IEnumerable<(Certificate Certificate, Certificate Issuer)> Links => _certificates.Zip(_certificates.Skip(1));

    /// <summary>The earliest end of all of them.</summary>
    public DateTimeOffset NotAfter => _certificates.Min(certificate => certificate.NotAfter);

    /// <param name="pem">The certificates, leaf first; spaces and line ends between them, zeros behind them.</param>
    /// <param name="root">The pinned root.</param>
    /// <param name="length">How many there must be.</param>
    /// <param name="leafKind">What the leaf's common name must contain.</param>
    /// <param name="codes">The codes of what can be wrong.</param>
    /// <param name="isLeafAuthority">Whether the first one must be an authority too: a chain of issuers alone.</param>
    public static CertificateChain Read(ReadOnlySpan<byte> pem, Certificate root, int length, string leafKind, ChainCodes codes, bool isLeafAuthority = false) =>
        Read(Decode(pem, length, codes), root, length, leafKind, codes, isLeafAuthority);

    /// <param name="encoded">The certificates, DER, leaf first.</param>
    /// <param name="root">The pinned root.</param>
    /// <param name="length">How many there must be.</param>
    /// <param name="leafKind">What the leaf's common name must contain.</param>
    /// <param name="codes">The codes of what can be wrong.</param>
    /// <param name="isLeafAuthority">Whether the first one must be an authority too: a chain of issuers alone.</param>
    public static CertificateChain Read(
        IReadOnlyList<ReadOnlyMemory<byte>> encoded, Certificate root, int length, string leafKind, ChainCodes codes, bool isLeafAuthority = false)
    {
        if (encoded.Count != length)
        {
            throw new RefusedException(codes.Length, $"a chain of {length} certificates was expected, not {encoded.Count}");
        }

        if (!encoded[^1].Span.SequenceEqual(root.Bytes.Span))
        {
            throw new RefusedException(codes.Root, $"the chain was expected to end in the pinned root, {root.SubjectCommonName}, byte for byte");
        }

        Certificate[] certificates = [.. encoded.Take(length - 1).Select(der => Certificate.Parse(der, codes)), root];
        for (var index = 0; index < length; index++)
        {
            var (certificate, issuer) = (certificates[index], certificates[Math.Min(index + 1, length - 1)]);
            if (!certificate.Issuer.Span.SequenceEqual(issuer.Subject.Span))
            {
                throw new RefusedException(codes.Issuer, $"the issuer of {certificate.SubjectCommonName} was expected to be {issuer.SubjectCommonName}");
            }

            if (certificate.IsLimited)
            {
                throw new RefusedException(codes.Malformed, $"no critical list of purposes was expected in the certificate of {certificate.SubjectCommonName}");
            }

            var mustBeAuthority = index > 0 || isLeafAuthority;
            if (certificate.IsAuthority != mustBeAuthority)
            {
                throw new RefusedException(codes.Authority, $"{(mustBeAuthority ? "an authority" : "no authority")} was expected as number {index + 1} of the chain, {certificate.SubjectCommonName}");
            }
        }

        return certificates[0].SubjectCommonName.Contains(leafKind, StringComparison.Ordinal)
            ? new CertificateChain(certificates, codes)
            : throw new RefusedException(codes.Subject, $"a certificate for \"{leafKind}\" was expected, not for \"{certificates[0].SubjectCommonName}\"");
    }

    /// <summary>Checks the signature of the leaf.</summary>
    public void CheckLeafSignature() => CheckSignature(0);

    /// <summary>Checks the signatures above the leaf. The root's own needs none: its bytes are pinned.</summary>
    public void CheckIssuerSignatures()
    {
        for (var index = 1; index < _certificates.Length - 1; index++)
        {
            CheckSignature(index);
        }
    }

    /// <summary>Checks that all of them are valid at a time.</summary>
    public void CheckTime(DateTimeOffset now)
    {
        foreach (var certificate in _certificates)
        {
            if (now < certificate.NotBefore || now > certificate.NotAfter)
            {
                throw new RefusedException(
                    _codes.Expired, $"the certificate of {certificate.SubjectCommonName} holds from {certificate.NotBefore:u} to {certificate.NotAfter:u}, not at {now:u}");
            }
        }
    }

    // Not the platform's PEM reader: it looks for any label anywhere, in quadratic time where a stranger wants it to.
    private static List<ReadOnlyMemory<byte>> Decode(ReadOnlySpan<byte> pem, int length, ChainCodes codes)
    {
        if (pem.Length > LargestBytes)
        {
            throw new RefusedException(codes.Malformed, $"a chain of at most {LargestBytes} bytes was expected");
        }

        var rest = Encoding.Latin1.GetString(pem.TrimEnd((byte)0)).AsSpan();
        var certificates = new List<ReadOnlyMemory<byte>>();

        // One more than expected is enough to refuse the length.
        while (certificates.Count <= length && !(rest = rest.TrimStart(WhiteSpace)).IsEmpty)
        {
            var end = rest.StartsWith(Begin, StringComparison.Ordinal) ? rest.IndexOf(End, StringComparison.Ordinal) : -1;
            var der = new byte[Math.Max(end, 0)];
            if (end < 0 || !Convert.TryFromBase64Chars(rest[Begin.Length..end], der, out var written))
            {
                throw new RefusedException(codes.Malformed, "PEM certificates and nothing else were expected in the chain");
            }

            certificates.Add(der.AsMemory(0, written));
            rest = rest[(end + End.Length)..];
        }

        return certificates;
    }

    private void CheckSignature(int index)
    {
        if (!_certificates[index].IsSignedBy(_certificates[index + 1], _codes))
        {
            throw new RefusedException(_codes.Signature, $"the certificate of {_certificates[index].SubjectCommonName} was expected to be signed by {_certificates[index + 1].SubjectCommonName}");
        }
    }
}
