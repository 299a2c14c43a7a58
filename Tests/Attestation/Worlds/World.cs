using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CocoonOrleans.Attestation.Collaterals;
using CocoonOrleans.Attestation.Verification;

namespace CocoonOrleans.Tests.Attestation.Worlds;

/// <summary>
/// Everything that Intel and a TDX machine make, under a root of our own: what no recording shows, such as revoked processors and TDs that should be
/// started again. The verifier is the same; only its anchor differs. Keys are made once, chance is no part of any verdict.
/// </summary>
internal sealed class World
{
    public static readonly DateTimeOffset Now = new(2030, 3, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly byte[] VendorId = [.. Encoding.ASCII.GetBytes("SIMULATED-QE-ID.")];
    public static readonly byte[] QeSigner = [.. Enumerable.Repeat((byte)0x51, 32)];
    public static readonly byte[] Fmspc = [0x51, 0x4D, 0, 0, 0, 0];

    private const string Holder = "O=SIMULATED - NOT CONFIDENTIAL";
    private const string RootName = "CN=Simulated SGX Root CA, " + Holder;
    private const string PckIssuerName = "CN=Simulated SGX PCK Platform CA, " + Holder;
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    private static readonly ECDsa RootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private static readonly ECDsa PckIssuerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private static readonly ECDsa PckKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private static readonly ECDsa SignerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private static readonly ECDsa AttestationKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private static readonly ECDsa StrangersKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private static readonly X509Certificate2 Root = Certificates.SelfSigned(RootName, RootKey);
    private static readonly X509Certificate2 StrangersRoot = Certificates.SelfSigned(RootName, StrangersKey);

    private readonly WorldSettings _settings = new();

    private World(Action<WorldSettings> change) => change(_settings);

    public static TrustAnchor Anchor { get; } = new(Root.RawData, VendorId, Assurance.Simulated);

    /// <summary>Makes quote and collateral.</summary>
    public static Evidence Make(Action<WorldSettings>? change = null) => new World(change ?? (_ => { })).Evidence();

    /// <summary>Makes them and verifies them.</summary>
    public static EvidenceVerdict Verify(Action<WorldSettings>? change = null, EvidencePolicy? policy = null, DateTimeOffset? now = null) =>
        new EvidenceVerifier(Anchor).Verify(Make(change), policy ?? new EvidencePolicy(), now ?? Now);

    private Evidence Evidence()
    {
        var pck = Chain("pck", "SGX PCK Certificate");
        var (tcbSigner, qeSigner) = (Chain("tcb.chain", "SGX TCB Signing"), Chain("qeid.chain", "SGX TCB Signing"));
        var tcbInfo = _settings.TcbInfoText(TcbInfo().ToJsonString());
        var qeIdentity = QeIdentity().ToJsonString();
        var (rootCrl, pckCrl) = (new CrlSettings(), new CrlSettings());
        _settings.RootCrl(rootCrl);
        _settings.PckCrl(pckCrl);
        BigInteger[] revokedByRoot =
        [
            .. _settings.RevokePckIssuer ? [Serial(pck[1])] : (BigInteger[])[],
            .. _settings.RevokeTcbSigner ? [Serial(tcbSigner[0])] : (BigInteger[])[],
            .. _settings.RevokeQeIdentitySigner ? [Serial(qeSigner[0])] : (BigInteger[])[],
        ];
        BigInteger[] revokedByIssuer = [12345, .. _settings.RevokePck ? [Serial(pck[0])] : (BigInteger[])[]];
        var collateral = new JsonObject
        {
            ["tcb_info"] = tcbInfo,
            ["tcb_info_signature"] = Sign(SignerKey, tcbInfo),
            ["tcb_info_issuer_chain"] = Pem(tcbSigner, "tcb.chain"),
            ["qe_identity"] = qeIdentity,
            ["qe_identity_signature"] = Sign(SignerKey, qeIdentity),
            ["qe_identity_issuer_chain"] = Pem(qeSigner, "qeid.chain"),
            ["root_ca_crl"] = Convert.ToHexStringLower(CrlWriter.Write(Root.SubjectName, RootKey, revokedByRoot, rootCrl)),
            ["pck_crl"] = Convert.ToHexStringLower(CrlWriter.Write(new X500DistinguishedName(PckIssuerName), PckIssuerKey, revokedByIssuer, pckCrl)),
        };
        _settings.Collateral(collateral);
        Assert.True(Collateral.TryParse(JsonSerializer.SerializeToUtf8Bytes(collateral), out var parsed, out var refusal), refusal?.ToString());
        return new Evidence { Quote = _settings.Quote(Quote(Encoding.ASCII.GetBytes(Pem(pck, "pck")))), Collateral = parsed! };
    }

    private X509Certificate2[] Chain(string name, string kind)
    {
        var defect = _settings.Defects.TryGetValue(name, out var found) ? found : default(ChainDefect?);
        var isPck = name == "pck";
        var leaf = new CertificateSettings($"CN=Simulated {(defect == ChainDefect.Subject ? "Something" : kind)}, {Holder}", isPck ? PckKey : SignerKey)
        {
            IsAuthority = defect == ChainDefect.Authority,
            IsExpired = defect == ChainDefect.Expired,
            HasSha384 = defect == ChainDefect.Algorithm,
            HasP521Key = defect == ChainDefect.Key,
            Extension = isPck ? _settings.PckExtension(PckExtensionWriter.Write(_settings)) : null,
        };
        var signer = defect == ChainDefect.Signature ? StrangersKey : isPck ? PckIssuerKey : RootKey;
        var issuerName = defect == ChainDefect.Issuer ? $"CN=Somebody, {Holder}" : isPck ? PckIssuerName : RootName;
        var first = Certificates.Issue(leaf, issuerName, signer);
        var root = defect == ChainDefect.Root ? StrangersRoot : Root;
        X509Certificate2[] chain = isPck
            ? [first, Certificates.Issue(new CertificateSettings(PckIssuerName, PckIssuerKey) { IsAuthority = true }, RootName, RootKey), root]
            : [first, root];
        return defect == ChainDefect.Length ? [.. chain, root] : chain;
    }

    private string Pem(X509Certificate2[] chain, string name) =>
        _settings.Defects.TryGetValue(name, out var defect) && defect == ChainDefect.Malformed
            ? "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n" + string.Concat(chain.Skip(1).Select(certificate => certificate.ExportCertificatePem() + "\n"))
            : string.Concat(chain.Select(certificate => certificate.ExportCertificatePem() + "\n"));

    private JsonObject TcbInfo()
    {
        var info = new JsonObject
        {
            ["id"] = "TDX",
            ["version"] = 3,
            ["issueDate"] = Time(Now.AddDays(-2)),
            ["nextUpdate"] = Time(Now.AddDays(28)),
            ["fmspc"] = Convert.ToHexString(Fmspc),
            ["pceId"] = "0000",
            ["tcbType"] = 0,
            ["tcbEvaluationDataNumber"] = 20,
            ["tdxModule"] = Module(),
            ["tdxModuleIdentities"] = new JsonArray(Module("TDX_01", Isv(6, "UpToDate"), Isv(4, "OutOfDate", "INTEL-SA-00002")), Module("TDX_03", Isv(3, "UpToDate"))),
            ["tcbLevels"] = new JsonArray(
                Level(5, [5, 0, 3], "UpToDate"),
                Level(3, [5, 0, 2], "OutOfDate", "INTEL-SA-00001")),
        };
        _settings.TcbInfo(info);
        return info;
    }

    private JsonObject QeIdentity()
    {
        var identity = new JsonObject
        {
            ["id"] = "TD_QE",
            ["version"] = 2,
            ["issueDate"] = Time(Now.AddDays(-2)),
            ["nextUpdate"] = Time(Now.AddDays(28)),
            ["tcbEvaluationDataNumber"] = 20,
            ["miscselect"] = "00000000",
            ["miscselectMask"] = "FFFFFFFF",
            ["attributes"] = "11000000000000000000000000000000",
            ["attributesMask"] = "FBFFFFFFFFFFFFFF0000000000000000",
            ["mrsigner"] = Convert.ToHexString(QeSigner),
            ["isvprodid"] = 2,
            ["tcbLevels"] = new JsonArray(Isv(4, "UpToDate"), Isv(2, "OutOfDate", "INTEL-SA-00003")),
        };
        _settings.QeIdentity(identity);
        return identity;
    }

    /// <summary>A TCB level: all SGX components at least a value, the first TDX components as given.</summary>
    public static JsonObject Level(int sgx, int[] tdx, string status, params string[] advisories) => WithAdvisories(
        new JsonObject
        {
            ["tcb"] = new JsonObject
            {
                ["sgxtcbcomponents"] = Components([.. Enumerable.Repeat(sgx, 8)]),
                ["pcesvn"] = 11,
                ["tdxtcbcomponents"] = Components(tdx),
            },
            ["tcbStatus"] = status,
        },
        advisories);

    public static JsonObject Isv(int isvSvn, string status, params string[] advisories) =>
        WithAdvisories(new JsonObject { ["tcb"] = new JsonObject { ["isvsvn"] = isvSvn }, ["tcbStatus"] = status }, advisories);

    public static JsonObject Module(string? id = null, params JsonNode[] levels)
    {
        var module = new JsonObject { ["mrsigner"] = new string('0', 96), ["attributes"] = new string('0', 16), ["attributesMask"] = new string('F', 16) };
        if (id is not null)
        {
            module["id"] = id;
            module["tcbLevels"] = new JsonArray(levels);
        }

        return module;
    }

    private static JsonObject WithAdvisories(JsonObject level, string[] advisories)
    {
        if (advisories.Length > 0)
        {
            level["advisoryIDs"] = new JsonArray([.. advisories.Select(advisory => JsonValue.Create(advisory))]);
        }

        return level;
    }

    private static JsonArray Components(int[] first) =>
        [.. first.Concat(new int[16 - first.Length]).Select(svn => new JsonObject { ["svn"] = svn })];

    private byte[] Quote(byte[] pem)
    {
        byte[] body =
        [
            .. _settings.TeeTcbSvn, .. WorldSettings.Filled(0x5E), .. _settings.MrSignerSeam, .. _settings.SeamAttributes,
            .. Bytes(_settings.TdAttributes), .. Bytes(0x602E7UL), .. WorldSettings.Filled(0x7D), .. WorldSettings.Filled(0), .. WorldSettings.Filled(0),
            .. WorldSettings.Filled(0), .. _settings.Rtmrs.SelectMany(rtmr => rtmr), .. _settings.ReportData,
            .. _settings.Version == 5 ? [.. _settings.TeeTcbSvn2, .. _settings.MrServiceTd] : (byte[])[],
        ];
        byte[] signed =
        [
            (byte)_settings.Version, 0, 2, 0, 0x81, 0, 0, 0, .. new byte[4], .. _settings.QeVendorId, .. new byte[20],
            .. _settings.Version == 5 ? [3, 0, .. Bytes((uint)body.Length)] : (byte[])[], .. body,
        ];
        var point = _settings.AttestationPoint ?? WorldSettings.PointOf(AttestationKey);
        byte[] authData = [.. Enumerable.Range(0, 32).Select(index => (byte)index)];
        var enclave = Enclave(point, authData);
        byte[] certification =
        [
            .. enclave, .. Raw(PckKey, enclave), .. Bytes((ushort)authData.Length), .. authData, 5, 0, .. Bytes((uint)pem.Length), .. pem,
        ];
        byte[] authentication = [.. Raw(AttestationKey, signed), .. point, 6, 0, .. Bytes((uint)certification.Length), .. certification];
        return [.. signed, .. Bytes((uint)authentication.Length), .. authentication];
    }

    private byte[] Enclave(byte[] point, byte[] authData)
    {
        var report = new byte[384];
        BinaryPrimitives.WriteUInt32LittleEndian(report.AsSpan(16), _settings.QeMiscSelect);
        _settings.QeAttributes.CopyTo(report, 48);
        _settings.QeSigner.CopyTo(report, 128);
        BinaryPrimitives.WriteUInt16LittleEndian(report.AsSpan(256), _settings.QeProduct);
        BinaryPrimitives.WriteUInt16LittleEndian(report.AsSpan(258), _settings.QeIsvSvn);
        (_settings.QeReportData ?? SHA256.HashData([.. point, .. authData])).CopyTo(report, 320);
        return report;
    }

    private static byte[] Raw(ECDsa key, byte[] data) => key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    private static string Sign(ECDsa key, string text) => Convert.ToHexStringLower(Raw(key, Encoding.UTF8.GetBytes(text)));

    private static BigInteger Serial(X509Certificate2 certificate) => new(certificate.SerialNumberBytes.Span, isUnsigned: false, isBigEndian: true);

    private static byte[] Bytes(ulong value) => BitConverter.GetBytes(value);

    private static byte[] Bytes(uint value) => BitConverter.GetBytes(value);

    private static byte[] Bytes(ushort value) => BitConverter.GetBytes(value);

    private static string Time(DateTimeOffset time) => time.ToString(TimeFormat, System.Globalization.CultureInfo.InvariantCulture);
}
