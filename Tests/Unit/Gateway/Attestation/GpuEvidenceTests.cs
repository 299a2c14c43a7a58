using CocoonOrleans.Attestation.Gpus;
using CocoonOrleans.Attestation.Images;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Attestation.Simulated.Worlds;
using CocoonOrleans.Gateway.Sealing;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tests.Attestation.Gpus;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.Tests.Unit.Gateway.Attestation;

/// <summary>
/// What a gateway makes of the evidence of GPUs that a worker hands over with its statement. SELF-MADE: the processor is the simulated world's, the GPU a test's, and the anchor calls them hardware.
/// No report of a GPU that a worker collected has been judged by it.
/// </summary>
public sealed class GpuEvidenceTests : IAsyncLifetime, IDisposable
{
    private static readonly ImageManifest Image = MakeImage();

    private readonly GpuWorld _gpus = new();
    private readonly AttestedWorld _attested;

    public GpuEvidenceTests() => _attested = AttestedWorld.CalledHardware(_gpus.Verifier, GpuWorld.Now, Image);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _attested.DisposeAsync();

    public void Dispose() => _gpus.Dispose();

    [Fact]
    public async Task Check_EvidenceOfEveryGpu_IsTierConfidential()
    {
        var finding = await CheckAsync(nonce => nonce);

        Assert.True(finding.IsTaken, finding.Refusal?.Message);
        Assert.Equal(TrustTier.Confidential, finding.Statement.Tier);
    }

    [Fact]
    public async Task Check_NoEvidence_IsRefused() => Refuses(RefusalCodes.StatementTier, await CheckAsync(nonce => nonce, vouched => vouched with { Gpus = null }));

    [Fact]
    public async Task Check_NoReferences_AreMissed() => Refuses(RefusalCodes.GpuReferenceMissing, await CheckAsync(nonce => nonce, vouched => vouched with { GpuReferences = null }));

    [Fact]
    public async Task Check_RelayedReport_IsRefused() => Refuses(RefusalCodes.GpuNonce, await CheckAsync(_ => Digest.Of("another TD's"u8)));

    [Fact]
    public async Task Check_OtherEvidenceThanTheStatementNames_IsRefused() => Refuses(
        RefusalCodes.GpuBinding,
        await CheckAsync(nonce => nonce, vouched => vouched with { Gpus = new GpuEvidence([new GpuDevice(_gpus.Report(new byte[32]), _gpus.Chain)]).Encode() }));

    [Theory, InlineData(new byte[] { 1 }), InlineData(new byte[] { 0x82, 0x80, 0x80, 0 }), InlineData(new byte[] { 0x81, 0x80 })]
    public async Task Check_ReferencesMalformed_AreRefused(byte[] references) =>
        Refuses(RefusalCodes.GpuReferenceFormat, await CheckAsync(nonce => nonce, vouched => vouched with { GpuReferences = references }));

    [Fact]
    public async Task Check_NvidiasRoot_RefusesASelfMadeGpu()
    {
        await using var usual = AttestedWorld.CalledHardware(GpuVerifier.Nvidia, GpuWorld.Now, Image);

        Refuses("gpu.chain.root", await CheckAsync(nonce => nonce, attested: usual));
    }

    private static void Refuses(string code, StatementFinding finding) => Assert.StartsWith($"{code}: ", finding.Refusal?.Message, StringComparison.Ordinal);

    private async Task<StatementFinding> CheckAsync(Func<Digest, Digest> nonce, Func<VouchedStatement, VouchedStatement>? change = null, AttestedWorld? attested = null)
    {
        var world = attested ?? _attested;
        byte[]? evidence = null;
        var statement = world.Worker.Renew(same =>
        {
            var claims = same with { Tier = TrustTier.Confidential, Image = new Digest(Image.Id()), GpuEvidenceSha256 = default(Digest) };
            evidence = new GpuEvidence([new GpuDevice(_gpus.Report(nonce(BoundStatement.Of(claims).GpuNonce()).ToArray()), _gpus.Chain)]).Encode();
            return claims with { GpuEvidenceSha256 = Digest.Of(evidence) };
        });
        var vouched = world.Vouch(statement, settings => settings.Rtmrs[3] = new byte[48]) with { Gpus = evidence, GpuReferences = _gpus.References().Encode() };
        return await world.CheckAsync((change ?? (same => same))(vouched));
    }

    private static ImageManifest MakeImage()
    {
        var settings = new WorldSettings();
        return new ImageManifest
        {
            SourceCommit = "self-made",
            BuildRecipe = "SIMULATED - NOT CONFIDENTIAL",
            Files = [],
            Tier = TrustTier.Confidential,
            MrTd = WorldSettings.Filled(0x7D),
            Shapes = [new VmShape("self-made", settings.Rtmrs[0])],
            Rtmr1 = settings.Rtmrs[1],
            Rtmr2 = settings.Rtmrs[2],
            Rtmr3 = [],
            MrConfigId = new byte[48],
            MrOwner = new byte[48],
            MrOwnerConfig = new byte[48],
            TdAttributes = BitConverter.GetBytes(1UL << 28),
            Xfam = BitConverter.GetBytes(0x602E7UL),
            MrSeams = [],
        };
    }
}
