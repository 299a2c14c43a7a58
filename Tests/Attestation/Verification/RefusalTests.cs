using System.Text.Json.Nodes;
using CocoonOrleans.Attestation.Certificates;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Attestation.Simulated.Worlds;
using CocoonOrleans.Attestation.Tcb;
using CocoonOrleans.Attestation.Verification;
using CocoonOrleans.Tests.Attestation.Worlds;

namespace CocoonOrleans.Tests.Attestation.Verification;

/// <summary>One way at least to each refusal: everything is right but one thing.</summary>
public sealed class RefusalTests
{
    private static readonly Dictionary<string, (string Code, Action<WorldSettings> Change)> Ways = new()
    {
        ["point off the curve, vouched for"] = (RefusalCodes.Malformed, world => world.AttestationPoint = new byte[64]),
        ["quote of 64 KiB and a byte"] = (RefusalCodes.QuoteSize, world => world.Quote = quote => [.. quote, .. new byte[(64 * 1024) + 1 - quote.Length]]),
        ["quote without its last byte"] = (RefusalCodes.QuoteTruncated, world => world.Quote = quote => quote[..^1]),
        ["empty quote"] = (RefusalCodes.QuoteTruncated, world => world.Quote = _ => []),
        ["signature data longer than its parts"] = (RefusalCodes.QuoteFormat, world => world.Quote = quote => Edit([.. quote, 0], 702, before => (byte)(before + 1))),
        ["version 2"] = (RefusalCodes.QuoteVersion, world => world.Quote = quote => Edit(quote, 0, _ => 2)),
        ["version 3 of TDX"] = (RefusalCodes.QuoteVersion, world => world.Quote = quote => Edit(quote, 0, _ => 3)),
        ["attestation key of P-384"] = (RefusalCodes.QuoteKeyType, world => world.Quote = quote => Edit(quote, 2, _ => 3)),
        ["TEE type 2"] = (RefusalCodes.QuoteTeeType, world => world.Quote = quote => Edit(quote, 4, _ => 2)),
        ["version 5 of SGX"] = (RefusalCodes.QuoteTeeType, world => world.Quote = quote => Edit(quote, 4, _ => 0)),
        ["another vendor's quoting enclave"] = (RefusalCodes.QuoteQeVendor, world => world.QeVendorId = Convert.FromHexString("939a7233f79c4ca9940a0db3957f0607")),
        ["body of type 2 with the size of 3"] = (RefusalCodes.QuoteBodyType, world => world.Quote = quote => Edit(quote, 48, _ => 2)),
        ["certification of type 1"] = (RefusalCodes.QuoteCertificationType, world => world.Quote = quote => Edit(quote, 54 + 648 + 4 + 128, _ => 1)),
        ["text behind the quote"] = (RefusalCodes.QuoteTrailing, world => world.Quote = quote => [.. quote, 0, (byte)'x']),
        ["report data changed after signing"] = (RefusalCodes.QuoteSignature, world => world.Quote = quote => Edit(quote, 54 + 520, before => (byte)(before ^ 1))),
        ["PCK extension empty"] = (RefusalCodes.PckExtension, world => world.PckExtension = _ => [0x30, 0]),
        ["PCK extension with a field twice"] = (RefusalCodes.PckExtension, world => world.PckExtension = der => Edit(der, der.Length - 4, _ => 4)),
        ["PCK extension that is no DER"] = (RefusalCodes.PckExtension, world => world.PckExtension = der => der[..^1]),
        ["processor revoked"] = (RefusalCodes.PckRevoked, world => world.RevokePck = true),
        ["issuer revoked"] = (RefusalCodes.PckIssuerRevoked, world => world.RevokePckIssuer = true),
        ["no root CRL"] = (RefusalCodes.CrlMissing, world => world.Collateral = set => set.Remove("root_ca_crl")),
        ["no PCK CRL"] = (RefusalCodes.CrlMissing, world => world.Collateral = set => set["pck_crl"] = ""),
        ["CRL cut"] = (RefusalCodes.CrlFormat, world => world.Collateral = set => set["pck_crl"] = Text(set, "pck_crl")[..^2]),
        ["CRL with another outer algorithm"] = (RefusalCodes.CrlAlgorithm, world => world.PckCrl = crl => crl.HasOtherOuterAlgorithm = true),
        ["CRL with an unknown critical extension"] = (RefusalCodes.CrlCritical, world => world.RootCrl = crl => crl.HasUnknownCriticalExtension = true),
        ["CRL with an unknown critical extension in an entry"] = (RefusalCodes.CrlCritical, world => world.PckCrl = crl => crl.HasUnknownCriticalEntryExtension = true),
        ["CRLs swapped"] = (RefusalCodes.CrlIssuer, world => world.Collateral = set => set["pck_crl"] = Text(set, "root_ca_crl")),
        ["CRL signed by a stranger"] = (RefusalCodes.CrlSignature, world => world.PckCrl = crl => crl.IsSignedByStranger = true),
        ["root CRL signed by a stranger"] = (RefusalCodes.CrlSignature, world => world.RootCrl = crl => crl.IsSignedByStranger = true),
        ["CRL expired"] = (RefusalCodes.CrlExpired, world => world.PckCrl = crl => crl.NextUpdate = World.Now.AddSeconds(-1)),
        ["root CRL not valid yet"] = (RefusalCodes.CrlExpired, world => world.RootCrl = crl => crl.ThisUpdate = World.Now.AddSeconds(1)),
        ["TCB info without levels"] = (RefusalCodes.TcbFormat, world => world.TcbInfo = info => info.Remove("tcbLevels")),
        ["TCB info with 15 components"] = (RefusalCodes.TcbFormat, world => world.TcbInfo = info => Tcb(info, 0)["sgxtcbcomponents"]!.AsArray().RemoveAt(15)),
        ["TCB info with a name twice"] = (RefusalCodes.TcbFormat, world => world.TcbInfoText = text => text[..^1] + ",\"version\":3}"),
        ["TCB info that is no JSON"] = (RefusalCodes.TcbFormat, world => world.TcbInfoText = text => text[..^1]),
        ["TCB info with a negative SVN"] = (RefusalCodes.TcbFormat, world => world.TcbInfo = info => Tcb(info, 0)["pcesvn"] = -1),
        ["TCB info for SGX"] = (RefusalCodes.TcbId, world => world.TcbInfo = info => info["id"] = "SGX"),
        ["TCB info of version 2"] = (RefusalCodes.TcbId, world => world.TcbInfo = info => info["version"] = 2),
        ["chain of more than 64 KiB"] = ("tcb.chain.malformed", world => world.Collateral = set => set["tcb_info_issuer_chain"] = Text(set, "tcb_info_issuer_chain") + new string(' ', 64 * 1024)),
        ["chain that begins again and again"] = ("qeid.chain.malformed", world => world.Collateral = set => set["qe_identity_issuer_chain"] = string.Concat(Enumerable.Repeat("-----BEGIN CERTIFICATE-----\n", 1000))),
        ["TCB info signed otherwise"] = (RefusalCodes.TcbSignature, world => world.Collateral = set => set["tcb_info_signature"] = Text(set, "qe_identity_signature")),
        ["signer of the TCB info revoked"] = (RefusalCodes.TcbSignerRevoked, world => world.RevokeTcbSigner = true),
        ["TCB info expired"] = (RefusalCodes.TcbExpired, world => world.TcbInfo = info => info["nextUpdate"] = "2030-03-01T11:59:59Z"),
        ["TCB info of tomorrow"] = (RefusalCodes.TcbExpired, world => world.TcbInfo = info => info["issueDate"] = "2030-03-02T00:00:00Z"),
        ["TCB info of another family"] = (RefusalCodes.TcbFmspc, world => world.Fmspc = [1, 2, 3, 4, 5, 6]),
        ["TCB info of another PCE"] = (RefusalCodes.TcbPceId, world => world.PceId = [1, 0]),
        ["status word that nobody knows"] = (RefusalCodes.TcbUnknownStatus, world => world.TcbInfo = info => info["tcbLevels"]![0]!["tcbStatus"] = "Fine"),
        ["module's status word of a platform"] = (RefusalCodes.TcbUnknownStatus, world => world.TcbInfo = info => ModuleLevel(info)["tcbStatus"] = "SWHardeningNeeded"),
        ["processor below every level"] = (RefusalCodes.TcbUnsupported, world => world.Components = WorldSettings.Svns(1, 1, 1, 1, 1, 1, 1, 1)),
        ["PCE below every level"] = (RefusalCodes.TcbUnsupported, world => world.PceSvn = 10),
        ["late microcode below every level"] = (RefusalCodes.TcbUnsupported, world => world.TeeTcbSvn = WorldSettings.Svns(6, 1, 1)),
        ["first modules below every level"] = (RefusalCodes.TcbUnsupported, world => world.TeeTcbSvn = WorldSettings.Svns(4, 0, 3)),
        ["platform revoked"] = (RefusalCodes.TcbRevoked, world => world.TcbInfo = info => info["tcbLevels"]![0]!["tcbStatus"] = "Revoked"),
        ["module revoked"] = (RefusalCodes.TcbRevoked, world => world.TcbInfo = info => ModuleLevel(info)["tcbStatus"] = "Revoked"),
        ["quoting enclave revoked"] = (RefusalCodes.TcbRevoked, world => world.QeIdentity = identity => identity["tcbLevels"]![0]!["tcbStatus"] = "Revoked"),
        ["QE identity without a signer"] = (RefusalCodes.QeIdentityFormat, world => world.QeIdentity = identity => identity.Remove("mrsigner")),
        ["QE identity for SGX"] = (RefusalCodes.QeIdentityId, world => world.QeIdentity = identity => identity["id"] = "QE"),
        ["QE identity of version 3"] = (RefusalCodes.QeIdentityId, world => world.QeIdentity = identity => identity["version"] = 3),
        ["QE identity signed otherwise"] = (RefusalCodes.QeIdentitySignature, world => world.Collateral = set => set["qe_identity_signature"] = Text(set, "tcb_info_signature")),
        ["signer of the QE identity revoked"] = (RefusalCodes.QeIdentitySignerRevoked, world => world.RevokeQeIdentitySigner = true),
        ["QE identity expired"] = (RefusalCodes.QeIdentityExpired, world => world.QeIdentity = identity => identity["nextUpdate"] = "2030-03-01T11:59:59Z"),
        ["report of the quoting enclave changed"] = (RefusalCodes.QeSignature, world => world.Quote = quote => Edit(quote, 54 + 648 + 4 + 128 + 6, before => (byte)(before ^ 1))),
        ["quoting enclave with another key"] = (RefusalCodes.QeBinding, world => world.QeReportData = new byte[32]),
        ["quoting enclave with more report data"] = (RefusalCodes.QeBinding, world => world.QeReportData = [.. new byte[63], 1]),
        ["quoting enclave of another signer"] = (RefusalCodes.QeSigner, world => world.QeSigner = new byte[32]),
        ["quoting enclave of another product"] = (RefusalCodes.QeProduct, world => world.QeProduct = 1),
        ["quoting enclave with MISCSELECT"] = (RefusalCodes.QeMiscSelect, world => world.QeMiscSelect = 1),
        ["quoting enclave under a debugger"] = (RefusalCodes.QeDebug, world => world.QeAttributes = [0x13, .. new byte[15]]),
        ["quoting enclave with attributes"] = (RefusalCodes.QeAttributes, world => world.QeAttributes = [0x11, 1, .. new byte[14]]),
        ["quoting enclave below every level"] = (RefusalCodes.QeUnsupported, world => world.QeIsvSvn = 1),
        ["TDX module of a later major version"] = (RefusalCodes.TdxModuleUnknown, world => world.TeeTcbSvn = WorldSettings.Svns(6, 9, 3)),
        ["no TDX module identities"] = (RefusalCodes.TdxModuleUnknown, world => world.TcbInfo = info => info.Remove("tdxModuleIdentities")),
        ["TDX module below every level"] = (RefusalCodes.TdxModuleUnsupported, world => world.TeeTcbSvn = WorldSettings.Svns(3, 1, 3)),
        ["TDX module of another signer"] = (RefusalCodes.TdxModuleSigner, world => world.MrSignerSeam = WorldSettings.Filled(1)),
        ["first TDX module of another signer"] = (RefusalCodes.TdxModuleSigner, world => (world.MrSignerSeam, world.TeeTcbSvn) = (WorldSettings.Filled(1), WorldSettings.Svns(6, 0, 3))),
        ["TDX module with attributes"] = (RefusalCodes.TdxModuleAttributes, world => world.SeamAttributes = [0, 1, 0, 0, 0, 0, 0, 0]),
        ["TDX module with attributes that Intel names"] = (RefusalCodes.TdxModuleAttributes, world =>
        {
            world.SeamAttributes = [1, 0, 0, 0, 0, 0, 0, 0];
            world.TcbInfo = info => info["tdxModuleIdentities"]![0]!["attributes"] = "0100000000000000";
        }
        ),
        ["debug"] = (RefusalCodes.TdDebug, world => world.TdAttributes |= 1),
        ["profiling"] = (RefusalCodes.TdDebug, world => world.TdAttributes |= 1 << 4),
        ["SEPT_VE_DISABLE clear"] = (RefusalCodes.TdSeptVe, world => world.TdAttributes = 0),
        ["migratable"] = (RefusalCodes.TdMigratable, world => world.TdAttributes |= 1UL << 29),
        ["performance counters"] = (RefusalCodes.TdPerfMon, world => world.TdAttributes |= 1UL << 63),
        ["undefined attribute"] = (RefusalCodes.TdReserved, world => world.TdAttributes |= 1UL << 40),
        ["service TD"] = (RefusalCodes.TdService, world => world.MrServiceTd = [.. new byte[47], 1]),
        ["out of date"] = (RefusalCodes.PolicyStatus, world => world.TeeTcbSvn = world.TeeTcbSvn2 = WorldSettings.Svns(6, 1, 2)),
    };

    /// <summary>Codes that other tests produce, or none can.</summary>
    private static readonly Dictionary<string, string> Elsewhere = new()
    {
        [RefusalCodes.CollateralFormat] = nameof(Collaterals.CollateralTests),
        [RefusalCodes.CollateralRollback] = nameof(Provisioning.CollateralServiceTests),
        [RefusalCodes.CollateralUnavailable] = nameof(Provisioning.CollateralServiceTests),
        [RefusalCodes.PolicyTee] = nameof(RecordedQuoteTests),
        [RefusalCodes.PolicyRelaunch] = nameof(TcbPolicyTests),
        [RefusalCodes.LogFormat] = nameof(EventLogs.EventLogTests),
        [RefusalCodes.LogDigest] = nameof(EventLogs.EventLogTests),
        [RefusalCodes.LogReplay] = nameof(EventLogs.EventLogTests),
        [RefusalCodes.LogMissing] = nameof(Images.ImageManifestTests),
        [RefusalCodes.ImageFormat] = nameof(Images.ImageManifestTests),
        [RefusalCodes.ImageUnknown] = nameof(Images.ImageManifestTests),
        [RefusalCodes.ImageMrTd] = nameof(Images.ImageManifestTests),
        [RefusalCodes.ImageRtmr] = nameof(Images.ImageManifestTests),
        [RefusalCodes.ImageRuntime] = nameof(Images.ImageManifestTests),
        [RefusalCodes.ImageConfiguration] = nameof(Images.ImageManifestTests),
        [RefusalCodes.ImageAttributes] = nameof(Images.ImageManifestTests),
        [RefusalCodes.ImageModule] = nameof(Images.ImageManifestTests),
        [RefusalCodes.PolicyTier] = nameof(Images.ImageManifestTests),
        [RefusalCodes.StatementFormat] = nameof(Statements.StatementTests),
        [RefusalCodes.StatementMissing] = nameof(Statements.StatementTests),
        [RefusalCodes.StatementBinding] = nameof(Statements.StatementTests),
        [RefusalCodes.StatementNetwork] = nameof(Statements.StatementTests),
        [RefusalCodes.StatementRole] = nameof(Statements.StatementTests),
        [RefusalCodes.StatementLife] = nameof(Statements.StatementTests),
        [RefusalCodes.StatementExpired] = nameof(Statements.StatementTests),
        [RefusalCodes.StatementModels] = nameof(Statements.StatementTests),
        [RefusalCodes.StatementImage] = nameof(Statements.StatementTests),
        [RefusalCodes.StatementTier] = nameof(Statements.StatementTests),
        [RefusalCodes.GpuFormat] = nameof(Gpus.GpuVerifierTests),
        [RefusalCodes.GpuSignature] = nameof(Gpus.GpuVerifierTests),
        [RefusalCodes.GpuNonce] = nameof(Gpus.GpuVerifierTests),
        [RefusalCodes.GpuFirmware] = nameof(Gpus.GpuReferenceTests),
        [RefusalCodes.GpuEvidence] = nameof(Gpus.ConfidentialTierTests),
        [RefusalCodes.GpuBinding] = nameof(Gpus.ConfidentialTierTests),
        [RefusalCodes.GpuReferenceFormat] = nameof(Gpus.GpuReferenceTests),
        [RefusalCodes.GpuReferenceSignature] = nameof(Gpus.GpuReferenceTests),
        [RefusalCodes.GpuReferenceMissing] = nameof(Gpus.GpuReferenceTests),
        [RefusalCodes.GpuMeasurement] = nameof(Gpus.GpuReferenceTests),
        [RefusalCodes.GpuRevocationFormat] = nameof(Gpus.GpuReferenceTests),
        [RefusalCodes.GpuRevocationSignature] = nameof(Gpus.GpuReferenceTests),
        [RefusalCodes.GpuRevocationExpired] = nameof(Gpus.GpuReferenceTests),
        [RefusalCodes.GpuRevocationMissing] = nameof(Gpus.GpuReferenceTests),
        [RefusalCodes.GpuRevoked] = nameof(Gpus.GpuReferenceTests),
        [RefusalCodes.ClockRollback] = nameof(Provisioning.CollateralServiceTests),
        [RefusalCodes.GpuTokenFormat] = nameof(Gpus.NrasVerifierTests),
        [RefusalCodes.GpuTokenAlgorithm] = nameof(Gpus.NrasVerifierTests),
        [RefusalCodes.GpuTokenKey] = nameof(Gpus.NrasVerifierTests),
        [RefusalCodes.GpuTokenSignature] = nameof(Gpus.NrasVerifierTests),
        [RefusalCodes.GpuTokenIssuer] = nameof(Gpus.NrasVerifierTests),
        [RefusalCodes.GpuTokenExpired] = nameof(Gpus.NrasVerifierTests),
        [RefusalCodes.GpuTokenNonce] = nameof(Gpus.NrasVerifierTests),
        [RefusalCodes.GpuTokenDigest] = nameof(Gpus.NrasVerifierTests),
        [RefusalCodes.GpuTokenResult] = nameof(Gpus.NrasVerifierTests),
        [RefusalCodes.Fault] = "A fault of the verifier itself: MutationTests looks for one and must find none.",
    };

    public static TheoryData<string> AllWays => [.. Ways.Keys];

    public static TheoryData<string, string> AllDefects
    {
        get
        {
            var defects = new TheoryData<string, string>();
            foreach (var chain in ChainCodes.Prefixes.Where(chain => chain != ChainCodes.Gpu && chain != ChainCodes.GpuReference)) // Those: GpuVerifierTests, GpuReferenceTests.
            {
                foreach (var defect in Enum.GetNames<ChainDefect>())
                {
                    defects.Add(chain.Prefix, defect);
                }
            }

            return defects;
        }
    }

    [Fact]
    public void Verify_NothingWrong_IsAcceptedAsSimulated()
    {
        var verdict = World.Verify();

        Assert.Null(verdict.Refusal);
        Assert.Equal(Assurance.Simulated, verdict.Assurance);
        Assert.Equal(TcbStatus.UpToDate, verdict.Tcb?.Status);
        Assert.Equal(World.Now.AddDays(20), verdict.ValidUntil);
    }

    [Fact]
    public void Verify_Version4_IsAccepted() => Assert.Null(World.Verify(world => world.Version = 4).Refusal);

    [Theory, MemberData(nameof(AllWays))]
    public void Verify_OneThingWrong_IsRefusedByItsCode(string way)
    {
        var (code, change) = Ways[way];

        var refusal = World.Verify(change).Refusal;

        Assert.Equal(code, refusal?.Code);
        Assert.NotEqual("", refusal!.Reason);
    }

    [Theory, MemberData(nameof(AllDefects))]
    public void Verify_ChainWithADefect_IsRefusedByItsCode(string chain, string defect)
    {
        var expected = (string)typeof(ChainCodes).GetProperty(defect)!.GetValue(new ChainCodes(chain))!;

        Assert.Equal(expected, World.Verify(world => world.Defects[chain] = Enum.Parse<ChainDefect>(defect)).Refusal?.Code);
    }

    [Fact]
    public void Codes_All_HaveATest()
    {
        string[] tested = [.. Ways.Values.Select(way => way.Code), .. Elsewhere.Keys, .. ChainCodes.Prefixes.SelectMany(chain => chain.All)];

        Assert.Empty(RefusalCodes.All.Except(tested));
        Assert.Equal(RefusalCodes.All.Distinct().Count(), RefusalCodes.All.Count);
    }

    [Fact]
    public void Verify_SimulatedWorldAtIntelsAnchor_IsRefused() => Assert.Equal(
        RefusalCodes.QuoteQeVendor, new EvidenceVerifier(TrustAnchor.Intel).Verify(World.Make(), new EvidencePolicy(), World.Now).Refusal?.Code);

    [Fact]
    public void Verify_SimulatedWorldWithIntelsVendorAtIntelsAnchor_IsRefusedByItsRoot()
    {
        var evidence = World.Make(world => world.QeVendorId = TrustAnchor.Intel.QeVendorId.ToArray());

        Assert.Equal("pck.root", new EvidenceVerifier(TrustAnchor.Intel).Verify(evidence, new EvidencePolicy(), World.Now).Refusal?.Code);
    }

    [SkippableFact]
    public void Verify_RealQuoteAtASimulatedAnchor_IsRefused()
    {
        var evidence = new Evidence { Quote = Vectors.Quote("phala-v4-a"), Collateral = Vectors.Collateral("b0c06f-2025-06") };

        Assert.Equal(RefusalCodes.QuoteQeVendor, new EvidenceVerifier(World.Anchor).Verify(evidence, new EvidencePolicy(), World.Now).Refusal?.Code);
    }

    private static JsonNode Tcb(JsonObject info, int level) => info["tcbLevels"]![level]!["tcb"]!;

    private static JsonNode ModuleLevel(JsonObject info) => info["tdxModuleIdentities"]![0]!["tcbLevels"]![0]!;

    private static string Text(JsonObject set, string name) => set[name]!.GetValue<string>();

    private static byte[] Edit(byte[] bytes, int offset, Func<byte, byte> edit)
    {
        bytes[offset] = edit(bytes[offset]);
        return bytes;
    }
}
