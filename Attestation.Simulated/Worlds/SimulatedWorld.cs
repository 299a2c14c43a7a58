using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using CocoonOrleans.Attestation.Verification;

namespace CocoonOrleans.Attestation.Simulated.Worlds;

/// <summary>
/// Everything that Intel and a TDX machine make, under a root of its own and with a quoting enclave of its own vendor. Parser, rules and verifier are the
/// same as for hardware; only the anchor differs, and so everything under it is <see cref="Assurance.Simulated"/>. Keys are made with the world and live
/// in its memory, and where an issuer keeps its world, in its file.
/// </summary>
/// <remarks>Safe on many threads at a time.</remarks>
public sealed class SimulatedWorld : IDisposable
{
    internal const string Holder = "O=SIMULATED - NOT CONFIDENTIAL";
    internal const string RootName = "CN=Simulated SGX Root CA, " + Holder;
    internal const string PckIssuerName = "CN=Simulated SGX PCK Platform CA, " + Holder;

    private const int KeyCount = 6;

    private readonly ECDsa _rootKey;
    private readonly ECDsa _pckIssuerKey;
    private readonly ECDsa _pckKey;
    private readonly ECDsa _signerKey;
    private readonly ECDsa _attestationKey;
    private readonly ECDsa _strangersKey;
    private readonly DateTimeOffset _start;

    /// <param name="start">When it begins: its certificates hold from a year before until a year after.</param>
    public SimulatedWorld(DateTimeOffset start)
        : this(start, [.. Enumerable.Range(0, KeyCount).Select(_ => NewKey())], root: null)
    {
    }

    /// <summary>The world that was kept.</summary>
    /// <exception cref="CryptographicException">A key or the root is none.</exception>
    /// <exception cref="ArgumentException">There are too few keys, or the root is not self-signed.</exception>
    internal SimulatedWorld(KeptWorld kept)
        : this(kept.Start, [.. kept.Keys.Select(Import)], kept.Root)
    {
    }

    private SimulatedWorld(DateTimeOffset start, ECDsa[] keys, byte[]? root)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(keys.Length, KeyCount);
        (_rootKey, _pckIssuerKey, _pckKey, _signerKey, _attestationKey, _strangersKey) = (keys[0], keys[1], keys[2], keys[3], keys[4], keys[5]);
        _start = start;
        Certificates = new CertificateIssuer(start);
        Root = root is null ? Certificates.SelfSigned(RootName, _rootKey) : X509CertificateLoader.LoadCertificate(root);
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

    /// <summary>What makes another start the same world.</summary>
    internal KeptWorld Keep() => new(
        _start,
        Root.RawData,
        [.. ((ECDsa[])[_rootKey, _pckIssuerKey, _pckKey, _signerKey, _attestationKey, _strangersKey]).Select(key => key.ExportPkcs8PrivateKey())],
        new Dictionary<string, byte[]>(),
        Issue: 0);

    private static ECDsa Import(byte[] pkcs8)
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(pkcs8, out _);
        return key;
    }

    private static ECDsa NewKey() => ECDsa.Create(ECCurve.NamedCurves.nistP256);
}
