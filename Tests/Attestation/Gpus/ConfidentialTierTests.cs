using System.Security.Cryptography;
using CocoonOrleans.Attestation.Gpus;
using CocoonOrleans.Attestation.Gpus.References;
using CocoonOrleans.Attestation.Images;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Attestation.Simulated.Worlds;
using CocoonOrleans.Attestation.Verification;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tests.Attestation.Images;
using CocoonOrleans.Tests.Attestation.Worlds;

namespace CocoonOrleans.Tests.Attestation.Gpus;

/// <summary>
/// When evidence shows the tier confidential. SELF-MADE: the processor is the simulated world's, the GPU a test's, and the anchor calls them hardware, so that
/// the rule can be seen to work; no such anchor exists outside of tests.
/// </summary>
public sealed class ConfidentialTierTests : IDisposable
{
    private static readonly ReceiptKey Key = new();
    private static readonly ImageManifest Image = ImageManifestTests.Image with { Tier = TrustTier.Confidential, Rtmr3 = [], Shapes = [new("this one", WorldSettings.Filled(0xA0))] };

    private static readonly Statement Stated = SampleStatement.Of(Key) with { Tier = TrustTier.Confidential, Image = new Digest(Image.Id()), GpuEvidenceSha256 = default(Digest) };

    private readonly GpuWorld _gpus = new();

    public void Dispose() => _gpus.Dispose();

    [Fact]
    public void Verify_EveryGpuShown_IsConfidentialUntilTheFirstEnd()
    {
        var verdict = Verify(Shown());

        Assert.Null(verdict.Refusal);
        Assert.Equal(TrustTier.Confidential, verdict.Tier);
        Assert.Equal(Stated.Expires, verdict.ValidUntil);
        Assert.Contains(VerificationStep.Gpus, verdict.Passed);
    }

    [Fact]
    public void Verify_AnswersEndBeforeTheStatement_TheVerdictEndsWithThem()
    {
        var references = _gpus.References() with
        {
            RevocationAnswers = [.. _gpus.Asked().Select(pair => (ReadOnlyMemory<byte>)_gpus.Answer(new GpuWorld.AnswerSettings(pair.Subject, pair.Issuer) { NextUpdate = World.Now.AddMinutes(2) }))],
        };

        Assert.Equal(World.Now.AddMinutes(2), Verify(Shown(), references).ValidUntil);
    }

    [Fact]
    public void Verify_NoGpuShown_IsNotConfidential() => Assert.Equal(RefusalCodes.StatementTier, Verify(null).Refusal?.Code);

    [Fact]
    public void Verify_NoReferences_IsRefused() => Assert.Equal(RefusalCodes.GpuReferenceMissing, Verify(Shown(), new GpuReferences()).Refusal?.Code);

    [Fact]
    public void Verify_GpuOfAnotherStatement_IsRefused()
    {
        // Relayed: genuine, and made for the nonce of another TD.
        var relayed = new GpuEvidence([new GpuDevice(_gpus.Report(RandomNumberGenerator.GetBytes(32)), _gpus.Chain)]);

        Assert.Equal(RefusalCodes.GpuNonce, Verify(relayed).Refusal?.Code);
    }

    [Fact]
    public void Verify_OneGpuTwice_IsRefused() => Assert.Equal(RefusalCodes.GpuEvidence, Verify(Shown(count: 2)).Refusal?.Code);

    [Fact]
    public void Verify_OtherFirmware_IsRefused()
    {
        var references = _gpus.References();
        _gpus.Measured[20] = SHA384.HashData("patched"u8);

        Assert.Equal(RefusalCodes.GpuMeasurement, Verify(Shown(), references).Refusal?.Code);
    }

    [Fact]
    public void Verify_EvidenceThatTheStatementDoesNotName_IsRefused()
    {
        var shown = Shown();

        Assert.Equal(RefusalCodes.GpuBinding, Verify(shown, named: new byte[32]).Refusal?.Code);
        Assert.Equal(RefusalCodes.GpuEvidence, Verify(null, bytes: [0x80]).Refusal?.Code);
        Assert.Equal(RefusalCodes.GpuEvidence, Verify(null, bytes: [.. shown.Encode(), 0]).Refusal?.Code);
        Assert.Equal(RefusalCodes.GpuEvidence, Verify(null, bytes: [0x9F, .. shown.Encode()[1..], 0xFF]).Refusal?.Code);
    }

    [Fact]
    public void Verify_SimulatedRoot_StaysSimulated()
    {
        var verdict = Verify(Shown(Stated with { Tier = TrustTier.Simulated }), stated: Stated with { Tier = TrustTier.Simulated }, assurance: Assurance.Simulated);

        Assert.Null(verdict.Refusal);
        Assert.Equal(TrustTier.Simulated, verdict.Tier);
    }

    private GpuEvidence Shown(Statement? stated = null, int count = 1) =>
        new([.. Enumerable.Repeat(new GpuDevice(_gpus.Report(BoundStatement.Of(stated ?? Stated).GpuNonce().ToArray()), _gpus.Chain), count)]);

    private EvidenceVerdict Verify(
        GpuEvidence? shown, GpuReferences? references = null, byte[]? named = null, byte[]? bytes = null, Statement? stated = null, Assurance assurance = Assurance.Hardware)
    {
        var gpus = bytes ?? shown?.Encode();
        var statement = ((stated ?? Stated) with { GpuEvidenceSha256 = new Digest(named ?? SHA256.HashData(gpus ?? [])) }).Encode();
        var evidence = World.Make(world =>
        {
            world.ReportData = SHA512.HashData([.. "cocoon/attest/v1"u8, 0, .. statement]);
            world.Rtmrs[3] = new byte[48];
        }) with
        {
            Statement = statement,
            Gpus = gpus is null ? default(ReadOnlyMemory<byte>?) : gpus,
            GpuReferences = references ?? _gpus.References(),
        };
        var anchor = new TrustAnchor(World.Anchor.Root.Bytes.Span, World.Anchor.QeVendorId.Span, assurance, _gpus.Verifier);
        return new EvidenceVerifier(anchor).Verify(evidence, new EvidencePolicy { Images = [Image] }, World.Now);
    }
}
