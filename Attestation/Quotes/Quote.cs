using CocoonOrleans.Attestation.Refusals;

namespace CocoonOrleans.Attestation.Quotes;

/// <summary>
/// An ECDSA quote of Intel's quoting enclave, parsed and not judged: TDX in version 4 or 5, SGX in version 3 (Intel TDX DCAP Quoting Library API,
/// appendix A; Intel SGX ECDSA Quote Library API). A quote's bytes are no identity: its signature can be rewritten into a second valid one.
/// </summary>
public sealed class Quote
{
    /// <summary>The most bytes that are looked at.</summary>
    public const int LargestBytes = 64 * 1024;

    private const ushort EcdsaP256 = 2;
    private const ushort CertificationQeReport = 6;
    private const ushort CertificationPckChain = 5;
    private const ushort BodyTd10 = 2;
    private const ushort BodyTd15 = 3;
    private const int HeaderSize = 48;
    private const int KeySize = 64;

    private Quote(ReadOnlyMemory<byte> bytes)
    {
        var reader = new ByteReader(bytes, RefusalCodes.QuoteTruncated);
        ReadHeader(ref reader);
        ReadBody(ref reader);
        SignedPart = bytes[..reader.Position];
        var authentication = new ByteReader(reader.Take(reader.UInt32("the length of the signature data"), "the signature data"), RefusalCodes.QuoteTruncated);
        ReadAuthentication(ref authentication);
        if (reader.Take(reader.Left, "the rest").Span.ContainsAnyExcept((byte)0))
        {
            throw new RefusedException(RefusalCodes.QuoteTrailing, "only zeros may follow the declared end of a quote");
        }
    }

    /// <summary>3, 4 or 5.</summary>
    public ushort Version { get; private set; }

    /// <summary>What is attested.</summary>
    public Tee Tee { get; private set; }

    /// <summary>Whose quoting enclave made it: a UUID, 16 bytes.</summary>
    public ReadOnlyMemory<byte> QeVendorId { get; private set; }

    /// <summary>The TD; null for SGX.</summary>
    public TdReport? Td { get; private set; }

    /// <summary>The enclave; null for TDX.</summary>
    public EnclaveReport? Enclave { get; private set; }

    /// <summary>The quoting enclave itself.</summary>
    public EnclaveReport QuotingEnclave { get; private set; } = null!;

    /// <summary>What the attestation key signed: header and body, in version 5 with type and size of the body.</summary>
    public ReadOnlyMemory<byte> SignedPart { get; }

    /// <summary>Raw r and s, 64 bytes.</summary>
    internal ReadOnlyMemory<byte> Signature { get; private set; }

    /// <summary>The point's x and y, 64 bytes.</summary>
    internal ReadOnlyMemory<byte> AttestationKey { get; private set; }

    /// <summary>Raw r and s by the PCK key over the quoting enclave's report.</summary>
    internal ReadOnlyMemory<byte> QuotingEnclaveSignature { get; private set; }

    /// <summary>What the quoting enclave hashed with its key into its report.</summary>
    internal ReadOnlyMemory<byte> QuotingEnclaveAuthData { get; private set; }

    /// <summary>The PCK certificate and its issuers, PEM.</summary>
    internal ReadOnlyMemory<byte> PckChain { get; private set; }

    /// <summary>Parses a quote. Zeros behind its declared end are tolerated, since recorders pad; nothing else is.</summary>
    /// <param name="bytes">The quote; copied.</param>
    /// <param name="quote">The quote; null where it is refused.</param>
    /// <param name="refusal">Why it can't be read; null where it can.</param>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out Quote? quote, out Refusal? refusal)
    {
        // Nothing larger is copied: one byte more than allowed is enough to refuse it.
        var copy = bytes[..Math.Min(bytes.Length, LargestBytes + 1)].ToArray();
        Quote? parsed = null;
        refusal = RefusalEdge.Run(() => parsed = Parse(copy));
        quote = parsed;
        return refusal is null;
    }

    /// <exception cref="RefusedException">The bytes are no quote that is supported.</exception>
    internal static Quote Parse(ReadOnlyMemory<byte> bytes) => bytes.Length <= LargestBytes
        ? new Quote(bytes)
        : throw new RefusedException(RefusalCodes.QuoteSize, $"a quote has at most {LargestBytes} bytes");

    private void ReadHeader(ref ByteReader reader)
    {
        var header = new ByteReader(reader.Take(HeaderSize, "the header"), RefusalCodes.QuoteTruncated);
        Version = header.UInt16("the version");
        if (Version is not (3 or 4 or 5))
        {
            throw new RefusedException(RefusalCodes.QuoteVersion, $"version 4 or 5 (SGX: 3) was expected, not {Version}");
        }

        var keyType = header.UInt16("the key type");
        if (keyType != EcdsaP256)
        {
            throw new RefusedException(RefusalCodes.QuoteKeyType, $"attestation key type {EcdsaP256} (ECDSA P-256) was expected, not {keyType}");
        }

        var tee = header.UInt32("the TEE type");
        Tee = (Tee)tee;
        if (Tee is not (Tee.Sgx or Tee.Tdx))
        {
            throw new RefusedException(RefusalCodes.QuoteTeeType, $"TEE type 0x81 (TDX) was expected, not 0x{tee:x}");
        }

        // Version 3 has no TEE type: SGX left those bytes zero. TDX began with version 4, and SGX quotes are only made in version 3.
        if ((Tee == Tee.Tdx) != (Version >= 4))
        {
            throw Version == 3
                ? new RefusedException(RefusalCodes.QuoteVersion, "a version 3 quote can only be of SGX; TDX needs version 4 or 5")
                : new RefusedException(RefusalCodes.QuoteTeeType, $"a version {Version} quote must be of TDX (0x81), not of SGX");
        }

        header.Take(4, "the reserved field or SVNs");
        QeVendorId = header.Take(16, "the vendor of the quoting enclave");
    }

    private void ReadBody(ref ByteReader reader)
    {
        switch (Version)
        {
            case 3:
                Enclave = new EnclaveReport(reader.Take(EnclaveReport.Size, "the enclave report"));
                break;
            case 4:
                Td = new TdReport(reader.Take(TdReport.Size10, "the TD report"));
                break;
            default:
                var type = reader.UInt16("the type of the body");
                var size = reader.UInt32("the size of the body");
                if ((type, size) is not ((BodyTd10, TdReport.Size10) or (BodyTd15, TdReport.Size15)))
                {
                    throw new RefusedException(
                        RefusalCodes.QuoteBodyType,
                        $"a body of type {BodyTd10} with {TdReport.Size10} bytes or {BodyTd15} with {TdReport.Size15} was expected, not type {type} with {size}");
                }

                Td = new TdReport(reader.Take(size, "the TD report"));
                break;
        }
    }

    private void ReadAuthentication(ref ByteReader data)
    {
        Signature = data.Take(KeySize, "the quote's signature");
        AttestationKey = data.Take(KeySize, "the attestation key");
        if (Version == 3)
        {
            ReadCertification(ref data);
            return;
        }

        var type = data.UInt16("the certification type");
        if (type != CertificationQeReport)
        {
            throw new RefusedException(RefusalCodes.QuoteCertificationType, $"certification type {CertificationQeReport} (QE report) was expected, not {type}");
        }

        var certification = new ByteReader(data.Take(data.UInt32("the certification's length"), "the certification"), RefusalCodes.QuoteTruncated);
        UsedUp(data, "signature data");
        ReadCertification(ref certification);
    }

    private void ReadCertification(ref ByteReader data)
    {
        QuotingEnclave = new EnclaveReport(data.Take(EnclaveReport.Size, "the quoting enclave's report"));
        QuotingEnclaveSignature = data.Take(KeySize, "the quoting enclave's signature");
        QuotingEnclaveAuthData = data.Take(data.UInt16("the length of the quoting enclave's data"), "the quoting enclave's data");
        var type = data.UInt16("the inner certification type");
        if (type != CertificationPckChain)
        {
            throw new RefusedException(RefusalCodes.QuoteCertificationType, $"inner certification type {CertificationPckChain} (PCK chain) was expected, not {type}");
        }

        PckChain = data.Take(data.UInt32("the chain's length"), "the PCK chain");
        UsedUp(data, "certification");
    }

    private static void UsedUp(ByteReader reader, string what)
    {
        if (reader.Left != 0)
        {
            throw new RefusedException(RefusalCodes.QuoteFormat, $"the {what} has {reader.Left} bytes more than its parts");
        }
    }
}
