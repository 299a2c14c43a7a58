using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace CocoonOrleans.Attestation.Simulated.Worlds;

/// <summary>One machine of a simulated world: its quotes, and what the world's Intel says of it. Safe on many threads at a time.</summary>
public sealed class SimulatedPlatform
{
    private const string PckChain = "pck";
    private const string TcbChain = "tcb.chain";
    private const string QeIdentityChain = "qeid.chain";
    private const int OtherRevokedSerial = 12345;

    private readonly SimulatedWorld _world;
    private readonly WorldSettings _settings;
    private readonly X509Certificate2[] _pck;
    private readonly X509Certificate2[] _tcbSigner;
    private readonly X509Certificate2[] _qeSigner;
    private readonly QuoteWriter _quotes;

    internal SimulatedPlatform(SimulatedWorld world, WorldSettings settings)
    {
        (_world, _settings) = (world, settings);
        lock (world.Keys)
        {
            _pck = Chain(PckChain, "SGX PCK Certificate");
            _tcbSigner = Chain(TcbChain, "SGX TCB Signing");
            _qeSigner = Chain(QeIdentityChain, "SGX TCB Signing");
        }

        _quotes = new QuoteWriter(world, settings, Encoding.ASCII.GetBytes(Pem(_pck, PckChain)));
    }

    /// <summary>Makes a quote for the settings' report data.</summary>
    public byte[] Quote() => Quote(_settings.ReportData);

    /// <summary>Makes a quote.</summary>
    /// <param name="reportData">What it is made for, 64 bytes.</param>
    /// <param name="rtmr3">RTMR3 of the TD that asks, 48 bytes; null for the settings'.</param>
    /// <exception cref="ArgumentException">The report data has another length.</exception>
    public byte[] Quote(ReadOnlySpan<byte> reportData, byte[]? rtmr3 = null)
    {
        lock (_world.Keys)
        {
            return _settings.Quote(_quotes.Write(reportData, rtmr3));
        }
    }

    /// <summary>Makes the collateral: what the world's Intel says at a time, in the layout of Intel's quote collateral.</summary>
    /// <param name="now">The time: documents are two days old, lists one.</param>
    /// <param name="issue">How many were made before it: the lists' numbers grow with it.</param>
    public JsonObject Collateral(DateTimeOffset now, int issue = 0)
    {
        var (tcbInfo, qeIdentity) = (TcbDocuments.TcbInfo(now), TcbDocuments.QeIdentity(now));
        _settings.TcbInfo(tcbInfo);
        _settings.QeIdentity(qeIdentity);
        var (tcbInfoText, qeIdentityText) = (_settings.TcbInfoText(tcbInfo.ToJsonString()), qeIdentity.ToJsonString());
        var (rootCrl, pckCrl) = (new CrlSettings(now), new CrlSettings(now));
        rootCrl.Number += issue;
        pckCrl.Number += issue;
        _settings.RootCrl(rootCrl);
        _settings.PckCrl(pckCrl);
        BigInteger[] revokedByRoot =
        [
            .. _settings.RevokePckIssuer ? [Serial(_pck[1])] : (BigInteger[])[],
            .. _settings.RevokeTcbSigner ? [Serial(_tcbSigner[0])] : (BigInteger[])[],
            .. _settings.RevokeQeIdentitySigner ? [Serial(_qeSigner[0])] : (BigInteger[])[],
        ];
        BigInteger[] revokedByIssuer = [OtherRevokedSerial, .. _settings.RevokePck ? [Serial(_pck[0])] : (BigInteger[])[]];
        JsonObject collateral;
        lock (_world.Keys)
        {
            collateral = new JsonObject
            {
                ["tcb_info"] = tcbInfoText,
                ["tcb_info_signature"] = Sign(tcbInfoText),
                ["tcb_info_issuer_chain"] = Pem(_tcbSigner, TcbChain),
                ["qe_identity"] = qeIdentityText,
                ["qe_identity_signature"] = Sign(qeIdentityText),
                ["qe_identity_issuer_chain"] = Pem(_qeSigner, QeIdentityChain),
                ["root_ca_crl"] = Convert.ToHexStringLower(CrlWriter.Write(_world.Root.SubjectName, _world.RootKey, revokedByRoot, rootCrl)),
                ["pck_crl"] = Convert.ToHexStringLower(CrlWriter.Write(new X500DistinguishedName(SimulatedWorld.PckIssuerName), _world.PckIssuerKey, revokedByIssuer, pckCrl)),
                ["pck_crl_issuer_chain"] = Pem([.. _pck.Skip(1)], ""),
            };
        }

        _settings.Collateral(collateral);
        return collateral;
    }

    private static BigInteger Serial(X509Certificate2 certificate) => new(certificate.SerialNumberBytes.Span, isUnsigned: false, isBigEndian: true);

    private X509Certificate2[] Chain(string name, string kind)
    {
        var defect = _settings.Defects.TryGetValue(name, out var found) ? found : default(ChainDefect?);
        var isPck = name == PckChain;
        var leaf = new CertificateSettings($"CN=Simulated {(defect == ChainDefect.Subject ? "Something" : kind)}, {SimulatedWorld.Holder}", isPck ? _world.PckKey : _world.SignerKey)
        {
            IsAuthority = defect == ChainDefect.Authority,
            IsExpired = defect == ChainDefect.Expired,
            HasSha384 = defect == ChainDefect.Algorithm,
            HasP521Key = defect == ChainDefect.Key,
            Extension = isPck ? _settings.PckExtension(PckExtensionWriter.Write(_settings)) : null,
        };
        var signer = defect == ChainDefect.Signature ? _world.StrangersKey : isPck ? _world.PckIssuerKey : _world.RootKey;
        var issuerName = defect == ChainDefect.Issuer ? $"CN=Somebody, {SimulatedWorld.Holder}" : isPck ? SimulatedWorld.PckIssuerName : SimulatedWorld.RootName;
        var first = _world.Certificates.Issue(leaf, issuerName, signer);
        var root = defect == ChainDefect.Root ? _world.StrangersRoot : _world.Root;
        X509Certificate2[] chain = isPck
            ? [first, _world.Certificates.Issue(new CertificateSettings(SimulatedWorld.PckIssuerName, _world.PckIssuerKey) { IsAuthority = true }, SimulatedWorld.RootName, _world.RootKey), root]
            : [first, root];
        return defect == ChainDefect.Length ? [.. chain, root] : chain;
    }

    private string Pem(X509Certificate2[] chain, string name) =>
        _settings.Defects.TryGetValue(name, out var defect) && defect == ChainDefect.Malformed
            ? "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n" + string.Concat(chain.Skip(1).Select(certificate => certificate.ExportCertificatePem() + "\n"))
            : string.Concat(chain.Select(certificate => certificate.ExportCertificatePem() + "\n"));

    private string Sign(string text) => Convert.ToHexStringLower(_world.SignerKey.SignData(
        Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
}
