using System.Security.Cryptography;
using CocoonOrleans.Attestation.EventLogs;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Attestation.Simulated.Worlds;
using CocoonOrleans.Attestation.Verification;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tests.Attestation.Images;
using CocoonOrleans.Tests.Attestation.Worlds;

namespace CocoonOrleans.Tests.Attestation.Statements;

public sealed class StatementTests
{
    private static readonly ReceiptKey Key = new();

    private static readonly Statement Stated = SampleStatement.Of(Key);

    private static readonly EvidencePolicy Policy = new() { RequiresStatement = true, NetworkId = "test", Role = StatementRole.Worker };

    [Fact]
    public void Verify_QuoteMadeForTheStatement_IsAcceptedUntilTheStatementEnds()
    {
        var verdict = Verify(Stated);

        Assert.Null(verdict.Refusal);
        Assert.Equal(Stated.Expires, verdict.ValidUntil);
        Assert.Equal("test", verdict.Statement?.NetworkId);
    }

    [Theory]
    [InlineData("network", RefusalCodes.StatementNetwork)]
    [InlineData("role", RefusalCodes.StatementRole)]
    [InlineData("eleven minutes", RefusalCodes.StatementLife)]
    [InlineData("ends before it begins", RefusalCodes.StatementLife)]
    [InlineData("expired", RefusalCodes.StatementExpired)]
    [InlineData("not valid yet", RefusalCodes.StatementExpired)]
    public void Verify_StatementOtherwise_IsRefusedByItsCode(string difference, string code) => Assert.Equal(code, Verify(difference switch
    {
        "network" => Stated with { NetworkId = "other" },
        "role" => Stated with { Role = StatementRole.Gateway },
        "eleven minutes" => Stated with { Expires = World.Now.AddMinutes(10) },
        "ends before it begins" => Stated with { Expires = World.Now.AddMinutes(-2) },
        // Clocks may differ by a minute.
        "expired" => Stated with { NotBefore = World.Now.AddMinutes(-10), Expires = World.Now.AddSeconds(-60) },
        "not valid yet" => Stated with { NotBefore = World.Now.AddSeconds(61), Expires = World.Now.AddMinutes(2) },
        _ => throw new ArgumentOutOfRangeException(nameof(difference)),
    }).Refusal?.Code);

    [Theory]
    [InlineData(-300, -59)]
    [InlineData(60, 300)]
    public void Verify_StatementWithinAMinuteOfItsLife_IsAccepted(int from, int until) =>
        Assert.Null(Verify(Stated with { NotBefore = World.Now.AddSeconds(from), Expires = World.Now.AddSeconds(until) }).Refusal);

    [Fact]
    public void Verify_AnotherStatement_IsRefused()
    {
        var evidence = World.Make(world => world.ReportData = BoundStatement.Of(Stated).ReportData()) with { Statement = (Stated with { Epoch = 8 }).Encode() };

        Assert.Equal(RefusalCodes.StatementBinding, new EvidenceVerifier(World.Anchor).Verify(evidence, Policy, World.Now).Refusal?.Code);
    }

    [Fact]
    public void Verify_NoStatement_IsRefusedWhereOneIsAskedFor() => Assert.Equal(RefusalCodes.StatementMissing, World.Verify(policy: Policy).Refusal?.Code);

    [Fact]
    public void Verify_StatementThatCanNotBeRead_IsRefused()
    {
        var evidence = World.Make() with { Statement = new byte[] { 0xA0 } };

        Assert.Equal(RefusalCodes.StatementFormat, new EvidenceVerifier(World.Anchor).Verify(evidence, new EvidencePolicy(), World.Now).Refusal?.Code);
    }

    [Fact]
    public void Verify_StatementOfAnImage_MustNameIt()
    {
        var image = ImageManifestTests.Image with { Rtmr3 = [], Shapes = [new("this one", WorldSettings.Filled(0xA0))] };
        var policy = Policy with { Images = [image] };

        Assert.Equal(RefusalCodes.StatementImage, Verify(Stated, policy).Refusal?.Code);
        Assert.Equal(RefusalCodes.StatementImage, Verify(Stated with { Image = default(Digest) }, policy).Refusal?.Code);
        Assert.Equal(RefusalCodes.StatementTier, Verify(Stated with { Image = new Digest(image.Id()), Tier = TrustTier.Tdx }, policy).Refusal?.Code);
        Assert.Null(Verify(Stated with { Image = new Digest(image.Id()) }, policy).Refusal);
    }

    /// <summary>What a worker states to serve must be what it measured; a request for a key names another hash there, and is judged by its broker.</summary>
    [Fact]
    public void Verify_StatementOfAModelThatWasNotMeasured_IsRefused()
    {
        Digest[] models = [Digest.Of("one"u8), Digest.Of("two"u8)];
        Statement stated = Stated with { Role = StatementRole.Worker, Models = models };

        Assert.Null(Verify(stated, MeasuredModels.Encode(models)));
        Assert.Null(Verify(stated with { Models = [models[1]] }, MeasuredModels.Encode(models)));
        Assert.Null(Verify(stated with { Models = [] }, MeasuredModels.Encode([])));
        Assert.Equal(RefusalCodes.StatementModels, Verify(stated, MeasuredModels.Encode(models[..1])));
        Assert.Equal(RefusalCodes.StatementModels, Verify(stated, [1, 2, 3]));
        Assert.Null(Verify(stated with { Role = StatementRole.KeyRequest }, MeasuredModels.Encode([])));

        string? Verify(Statement statement, byte[] measured)
        {
            Assert.True(EventLog.TryParse(MeasuredTd.WithModels(measured, out var registers), out var log, out var unread), unread?.ToString());
            var evidence = World.Make(world => (world.ReportData, world.Rtmrs) = (BoundStatement.Of(statement).ReportData(), registers)) with { Statement = statement.Encode(), EventLog = log };
            return new EvidenceVerifier(World.Anchor).Verify(evidence, new EvidencePolicy { NetworkId = statement.NetworkId }, World.Now).Refusal?.Code;
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("A0")]
    [InlineData("BF00FF")] // Of indefinite length.
    [InlineData("A1180000")] // A key that is not in its shortest form.
    [InlineData("A10002")] // Version 2.
    [InlineData("A2000100F6")] // A key twice.
    [InlineData("A10001FF")]
    public void Verify_NotAStatement_IsRefused(string hex) => Assert.Equal(RefusalCodes.StatementFormat, Verify(Convert.FromHexString(hex), Policy).Refusal?.Code);

    [Fact]
    public void Verify_StatementWithAnInvalidKey_IsRefused() =>
        Assert.Equal(RefusalCodes.StatementFormat, Verify(Stated with { ReceiptKey = new byte[65] }).Refusal?.Code);

    private static EvidenceVerdict Verify(Statement stated, EvidencePolicy? policy = null) => Verify(stated.Encode(withNonceRootAndGpuEvidence: true), policy ?? Policy);

    private static EvidenceVerdict Verify(byte[] bytes, EvidencePolicy policy)
    {
        var evidence = World.Make(world =>
        {
            world.ReportData = SHA512.HashData([.. "cocoon/attest/v1"u8, 0, .. bytes]);
            world.Rtmrs[3] = new byte[48];
        }) with
        { Statement = bytes };
        return new EvidenceVerifier(World.Anchor).Verify(evidence, policy, World.Now);
    }
}
