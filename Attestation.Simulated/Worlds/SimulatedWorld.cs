using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using CocoonOrleans.Attestation.Verification;

namespace CocoonOrleans.Attestation.Simulated.Worlds;

/// <summary>
/// Everything that Intel and a TDX machine make, under a root of its own and with a quoting enclave of its own vendor. Parser, rules and verifier are the
/// same as for hardware; only the anchor differs, and so everything under it is <see cref="Assurance.Simulated"/>. Keys are made with the world and live
/// in its memory alone.
/// </summary>
/// <remarks>Safe on many threads at a time.</remarks>
public sealed class SimulatedWorld : IDisposable
{
    internal const string Holder = "O=SIMULATED - NOT CONFIDENTIAL";
    internal const string RootName = "CN=Simulated SGX Root CA, " + Holder;
    internal const string PckIssuerName = "CN=Simulated SGX PCK Platform CA, " + Holder;

    private readonly ECDsa _rootKey = NewKey();
    private readonly ECDsa _pckIssuerKey = NewKey();
    private readonly ECDsa _pckKey = NewKey();
    private readonly ECDsa _signerKey = NewKey();
    private readonly ECDsa _attestationKey = NewKey();
    private readonly ECDsa _strangersKey = NewKey();

    /// <param name="start">When it begins: its certificates hold from a year before until a year after.</param>
    public SimulatedWorld(DateTimeOffset start)
    {
        Certificates = new CertificateIssuer(start);
        Root = Certificates.SelfSigned(RootName, _rootKey);
        StrangersRoot = Certificates.SelfSigned(RootName, _strangersKey);
        Anchor = new TrustAnchor(Root.RawData, VendorId.Span, Assurance.Simulated);
    }

    /// <summary>The vendor of its quoting enclave, 16 bytes: nobody else's.</summary>
    public static ReadOnlyMemory<byte> VendorId { get; } = Encoding.ASCII.GetBytes("SIMULATED-QE-ID.");

    /// <summary>The signer of its quoting enclave, 32 bytes.</summary>
    public static ReadOnlyMemory<byte> QeSigner { get; } = Enumerable.Repeat((byte)0x51, 32).ToArray();

    /// <summary>Its one processor family, 6 bytes.</summary>
    public static ReadOnlyMemory<byte> Fmspc { get; } = (byte[])[0x51, 0x4D, 0, 0, 0, 0];

    /// <summary>What a verifier must believe to accept anything of this world.</summary>
    public TrustAnchor Anchor { get; }

    /// <summary>The root's certificate, PEM.</summary>
    public string RootPem => Root.ExportCertificatePem() + "\n";

    internal X509Certificate2 Root { get; }

    internal X509Certificate2 StrangersRoot { get; }

    internal CertificateIssuer Certificates { get; }

    internal ECDsa RootKey => _rootKey;

    internal ECDsa PckIssuerKey => _pckIssuerKey;

    internal ECDsa PckKey => _pckKey;

    internal ECDsa SignerKey => _signerKey;

    internal ECDsa AttestationKey => _attestationKey;

    internal ECDsa StrangersKey => _strangersKey;

    /// <summary>What is one after the other, since a key may not be used by two threads at once.</summary>
    internal Lock Keys { get; } = new();

    /// <summary>Makes a platform of this world, with its certificates.</summary>
    /// <param name="settings">What is to be different on it.</param>
    public SimulatedPlatform Platform(WorldSettings settings) => new(this, settings);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var key in (ECDsa[])[_rootKey, _pckIssuerKey, _pckKey, _signerKey, _attestationKey, _strangersKey])
        {
            key.Dispose();
        }

        Root.Dispose();
        StrangersRoot.Dispose();
    }

    private static ECDsa NewKey() => ECDsa.Create(ECCurve.NamedCurves.nistP256);
}
