using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Attestation.Simulated.Worlds;
using CocoonOrleans.Attestation.Statements;
using CocoonOrleans.Attestation.Verification;
using CocoonOrleans.Tests.Attestation.Images;
using CocoonOrleans.Tests.Attestation.Worlds;

namespace CocoonOrleans.Tests.Attestation.Statements;

public sealed class StatementTests
{
    private static readonly Statement Stated = new()
    {
        NetworkId = "test",
        Role = StatementRole.Worker,
        Tier = TrustTier.Simulated,
        BootId = new byte[16],
        Epoch = 7,
        NotBefore = World.Now.AddMinutes(-1),
        Expires = World.Now.AddMinutes(9),
        SealingKeys = [new SealingKey(1, new byte[65])],
        ReceiptKey = new byte[65],
        TunnelKeyHash = new byte[32],
        Beacon = new byte[32],
        Models = [new byte[32]],
        Engine = "native 1.0",
        Quantization = "none",
    };

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
        "expired" => Stated with { NotBefore = World.Now.AddMinutes(-9), Expires = World.Now.AddSeconds(-1) },
        "not valid yet" => Stated with { NotBefore = World.Now.AddSeconds(1) },
        _ => throw new ArgumentOutOfRangeException(nameof(difference)),
    }).Refusal?.Code);

    [Fact]
    public void Verify_AnotherStatement_IsRefused()
    {
        var evidence = World.Make(world => world.ReportData = Statement.ReportData(Stated.Encode())) with { Statement = (Stated with { Epoch = 8 }).Encode() };

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
        Assert.Equal(RefusalCodes.StatementImage, Verify(Stated with { ImageId = new byte[32] }, policy).Refusal?.Code);
        Assert.Equal(RefusalCodes.StatementTier, Verify(Stated with { ImageId = image.Id(), Tier = TrustTier.Tdx }, policy).Refusal?.Code);
        Assert.Null(Verify(Stated with { ImageId = image.Id() }, policy).Refusal);
    }

    [Fact]
    public void TryParse_Encoded_IsTheSame()
    {
        var whole = Stated with { NonceRoot = new byte[32], GpuEvidenceHash = new byte[32], ImageId = new byte[32] };
        foreach (var stated in (Statement[])[Stated, whole])
        {
            Assert.True(Statement.TryParse(stated.Encode(), out var statement, out var refusal), refusal?.ToString());
            Assert.Equal(stated.Encode(), statement!.Encode());
        }
    }

    /// <summary>There is one form: what is read at all is written as it came, so no two byte strings are one statement.</summary>
    [Fact]
    public void TryParse_AnyByteChanged_IsRefusedOrReadAsItStands()
    {
        var bytes = Stated.Encode();
        for (var index = 0; index < bytes.Length; index++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var changed = (byte[])bytes.Clone();
                changed[index] ^= (byte)(1 << bit);
                if (Statement.TryParse(changed, out var statement, out var refusal))
                {
                    Assert.Equal(changed, statement!.Encode());
                }
                else
                {
                    Assert.Equal(RefusalCodes.StatementFormat, refusal?.Code);
                }
            }
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
    public void TryParse_NotAStatement_IsRefused(string hex)
    {
        Assert.False(Statement.TryParse(Convert.FromHexString(hex), out _, out var refusal));
        Assert.Equal(RefusalCodes.StatementFormat, refusal?.Code);
    }

    private static EvidenceVerdict Verify(Statement stated, EvidencePolicy? policy = null)
    {
        var bytes = stated.Encode();
        var evidence = World.Make(world =>
        {
            world.ReportData = Statement.ReportData(bytes);
            world.Rtmrs[3] = new byte[48];
        }) with
        { Statement = bytes };
        return new EvidenceVerifier(World.Anchor).Verify(evidence, policy ?? Policy, World.Now);
    }
}
