using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using CocoonOrleans.Attestation.Certificates;
using CocoonOrleans.Attestation.Refusals;

namespace CocoonOrleans.Attestation.Collaterals;

/// <summary>
/// Intel's signed documents that a quote is judged by, as a stranger hands them over: all of it is signed, so it may come from anywhere. Immutable;
/// nothing of it is judged yet. The members are those of Intel's quote collateral, version 3.
/// </summary>
public sealed class Collateral
{
    /// <summary>The most bytes of a set in JSON.</summary>
    public const int LargestBytes = 4 * 1024 * 1024;

    private const int SignatureBytes = 64;

    private readonly Lazy<string> _digest;

    private Collateral(
        byte[] tcbInfo, byte[] tcbInfoSignature, byte[] tcbInfoChain, byte[] qeIdentity, byte[] qeIdentitySignature, byte[] qeIdentityChain, byte[] rootCaCrl, byte[] pckCrl)
    {
        (TcbInfo, TcbInfoSignature, TcbInfoChain) = (tcbInfo, tcbInfoSignature, tcbInfoChain);
        (QeIdentity, QeIdentitySignature, QeIdentityChain) = (qeIdentity, qeIdentitySignature, qeIdentityChain);
        (RootCaCrl, PckCrl) = (rootCaCrl, pckCrl);
        _digest = new Lazy<string>(Hash);
    }

    /// <summary>The exact signed bytes of the TCB info.</summary>
    public ReadOnlyMemory<byte> TcbInfo { get; }

    /// <summary>The exact signed bytes of the quoting enclave's identity.</summary>
    public ReadOnlyMemory<byte> QeIdentity { get; }

    internal ReadOnlyMemory<byte> TcbInfoSignature { get; }

    internal ReadOnlyMemory<byte> TcbInfoChain { get; }

    internal ReadOnlyMemory<byte> QeIdentitySignature { get; }

    internal ReadOnlyMemory<byte> QeIdentityChain { get; }

    internal ReadOnlyMemory<byte> RootCaCrl { get; }

    internal ReadOnlyMemory<byte> PckCrl { get; }

    /// <summary>SHA-256 over all members and their lengths, in hex: what is remembered about a set hangs on it.</summary>
    internal string Digest => _digest.Value;

    /// <summary>
    /// Reads a set in JSON: <c>tcb_info</c> and <c>qe_identity</c> are the signed texts, <c>*_signature</c> hex r and s, <c>*_issuer_chain</c> PEM,
    /// <c>root_ca_crl</c> and <c>pck_crl</c> hex DER. <c>pck_crl_issuer_chain</c> is not needed: the PCK CRL must be of the quote's own issuer.
    /// </summary>
    /// <param name="utf8Json">The JSON.</param>
    /// <param name="collateral">The set; null where it is refused.</param>
    /// <param name="refusal">Why it can't be read; null where it can.</param>
    public static bool TryParse(ReadOnlyMemory<byte> utf8Json, out Collateral? collateral, out Refusal? refusal)
    {
        Collateral? parsed = null;
        refusal = RefusalEdge.Run(() => parsed = Parse(utf8Json));
        collateral = parsed;
        return refusal is null;
    }

    /// <summary>Puts a set together from parts that came one by one.</summary>
    internal static Collateral Of(
        byte[] tcbInfo, byte[] tcbInfoSignature, byte[] tcbInfoChain, byte[] qeIdentity, byte[] qeIdentitySignature, byte[] qeIdentityChain, byte[] rootCaCrl, byte[] pckCrl) =>
        new(tcbInfo, tcbInfoSignature, tcbInfoChain, qeIdentity, qeIdentitySignature, qeIdentityChain, rootCaCrl, pckCrl);

    private static Collateral Parse(ReadOnlyMemory<byte> utf8Json)
    {
        if (utf8Json.Length > LargestBytes)
        {
            throw new RefusedException(RefusalCodes.CollateralFormat, $"collateral was expected to have at most {LargestBytes} bytes");
        }

        using var document = SignedJson.Parse(utf8Json, "collateral", RefusalCodes.CollateralFormat);
        var set = new SignedJson(document.RootElement, "collateral", RefusalCodes.CollateralFormat);
        return new Collateral(
            Encoding.UTF8.GetBytes(set.Text("tcb_info")),
            set.Hex("tcb_info_signature", SignatureBytes),
            Encoding.UTF8.GetBytes(set.Text("tcb_info_issuer_chain")),
            Encoding.UTF8.GetBytes(set.Text("qe_identity")),
            set.Hex("qe_identity_signature", SignatureBytes),
            Encoding.UTF8.GetBytes(set.Text("qe_identity_issuer_chain")),
            Crl(set, "root_ca_crl"),
            Crl(set, "pck_crl"));
    }

    // An absent CRL is refused where it is used: its code says that it is missing, not that the file is broken.
    private static byte[] Crl(SignedJson set, string name) =>
        set.OptionalText(name) is null ? [] : set.Hex(name, 0, CertificateRevocationList.LargestBytes);

    private string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var member in (ReadOnlyMemory<byte>[])[TcbInfo, TcbInfoSignature, TcbInfoChain, QeIdentity, QeIdentitySignature, QeIdentityChain, RootCaCrl, PckCrl])
        {
            BinaryPrimitives.WriteInt32BigEndian(length, member.Length);
            hash.AppendData(length);
            hash.AppendData(member.Span);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
