using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Attestation.Simulated.Worlds;
using CocoonOrleans.Attestation.Tcb;
using CocoonOrleans.Gateway.Attestation;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Gateway.Sealing;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tunnel.Handshakes;
using CocoonOrleans.Tunnel.Messages;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Tests.Unit.Gateway.Attestation;

public sealed class EvidenceCheckTests : IAsyncLifetime
{
    private readonly AttestedWorld _attested = AttestedWorld.Create();

    /// <summary>What may be wrong with a platform, and the code under which it is refused.</summary>
    public static TheoryData<string, Action<WorldSettings>> Conditions => new()
    {
        { RefusalCodes.TdDebug, settings => settings.TdAttributes |= 1 },
        { RefusalCodes.PckRevoked, settings => settings.RevokePck = true },
        { RefusalCodes.PolicyStatus, settings => settings.TcbInfo = info => info["tcbLevels"]![0]!["tcbStatus"] = "OutOfDate" },
    };

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _attested.DisposeAsync();

    [Fact]
    public async Task Check_GoodEvidence_IsTakenAsWhatItShows()
    {
        BoundStatement statement = _attested.Renew();

        StatementFinding finding = await _attested.CheckAsync(_attested.Vouch(statement));

        Assert.True(finding.IsTaken, finding.Refusal?.Message);
        Assert.Equal((statement.Hash, TrustTier.Simulated, statement.Statement.Expires), (finding.Statement.Bound.Hash, finding.Statement.Tier, finding.Statement.ValidUntil));
    }

    [Fact]
    public async Task Check_StatementClaimsMoreThanItsEvidenceShows_IsTakenAsWhatItShows()
    {
        BoundStatement statement = _attested.Renew(same => same with { Tier = TrustTier.Tdx, Image = Digest.Of("an image"u8) });

        StatementFinding finding = await _attested.CheckAsync(_attested.Vouch(statement));

        Assert.Equal(TrustTier.Simulated, finding.Statement?.Tier);
    }

    [Theory, MemberData(nameof(Conditions))]
    public async Task Check_PlatformThatIsNotGood_IsRefusedByCodeWithARemedy(string code, Action<WorldSettings> condition)
    {
        BoundStatement statement = _attested.Renew();

        StatementFinding finding = await _attested.CheckAsync(_attested.Vouch(statement, condition));

        Assert.Equal(TunnelRefusalCodes.EvidenceRefused, finding.Refusal?.Code);
        Assert.StartsWith($"{code}: ", finding.Refusal?.Message, StringComparison.Ordinal);
        Assert.EndsWith(EvidenceRemedies.For(code), finding.Refusal?.Message, StringComparison.Ordinal);
        Assert.False(finding.MayPass);
    }

    [Fact]
    public async Task Judge_QuoteOfAnotherStatement_IsRefused()
    {
        BoundStatement first = _attested.Renew();
        BoundStatement second = _attested.Renew();

        EvidenceFinding finding = await _attested.JudgeAsync(second, _attested.Vouch(first));

        Assert.Equal(RefusalCodes.StatementBinding, finding.Refusal?.Code);
    }

    [Fact]
    public async Task Judge_EvidenceUnderAnotherAnchor_IsRefused()
    {
        using var other = new SimulatedWorld(_attested.Time.GetUtcNow());
        await using var intels = AttestedWorld.Create(isIntels: true);
        BoundStatement statement = _attested.Renew();

        Assert.Equal("pck.root", (await _attested.JudgeAsync(statement, _attested.Vouch(statement, world: other))).Refusal?.Code);
        Assert.Equal("pck.root", (await intels.JudgeAsync(statement, intels.Vouch(statement))).Refusal?.Code);
    }

    [Fact]
    public async Task Judge_NoCollateral_MayPassLater()
    {
        BoundStatement statement = _attested.Renew();

        StatementFinding finding = await _attested.CheckAsync(_attested.Vouch(statement) with { Collateral = null });

        Assert.StartsWith(RefusalCodes.CollateralUnavailable, finding.Refusal?.Message, StringComparison.Ordinal);
        Assert.True(finding.MayPass);
    }

    [Theory]
    [InlineData("{}", RefusalCodes.CollateralFormat)]
    [InlineData("no json", RefusalCodes.CollateralFormat)]
    public async Task Judge_BrokenCollateral_IsRefused(string collateral, string code)
    {
        BoundStatement statement = _attested.Renew();

        EvidenceFinding finding = await _attested.JudgeAsync(statement, _attested.Vouch(statement) with { Collateral = System.Text.Encoding.UTF8.GetBytes(collateral) });

        Assert.Equal(code, finding.Refusal?.Code);
    }

    [Fact]
    public async Task Judge_CollateralHasExpired_IsRefusedUntilNewerComes()
    {
        BoundStatement first = _attested.Renew();
        VouchedStatement old = _attested.Vouch(first);
        Assert.Null((await _attested.JudgeAsync(first, old)).Refusal);

        _attested.Time.Advance(TimeSpan.FromDays(60));
        BoundStatement second = _attested.Renew();
        VouchedStatement renewed = _attested.Vouch(second, issue: 1);

        Assert.EndsWith(".expired", (await _attested.JudgeAsync(second, renewed with { Collateral = old.Collateral })).Refusal?.Code, StringComparison.Ordinal);
        Assert.Null((await _attested.JudgeAsync(second, renewed)).Refusal);
    }

    [Fact]
    public async Task Judge_CollateralOlderThanWhatWasSeenBeforeAStart_IsRefused()
    {
        BoundStatement statement = _attested.Renew();
        VouchedStatement older = _attested.Vouch(statement);
        _attested.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null((await _attested.JudgeAsync(statement, _attested.Vouch(statement, issue: 1))).Refusal);

        await _attested.RestartAsync();

        Assert.Equal(RefusalCodes.CollateralRollback, (await _attested.JudgeAsync(statement, older)).Refusal?.Code);
    }

    [Fact]
    public async Task Judge_BytesThatAreNoQuote_AreRefused()
    {
        BoundStatement statement = _attested.Renew();

        EvidenceFinding finding = await _attested.JudgeAsync(statement, new VouchedStatement(statement.Bytes.ToArray(), [1, 2, 3]));

        Assert.StartsWith("quote.", finding.Refusal?.Code, StringComparison.Ordinal);
    }

    [Fact]
    public void Seal_EvidenceEndsBeforeTheStatement_IsOpenNoMore()
    {
        BoundStatement statement = _attested.Renew();
        using var seal = new WorkerSeal(_attested.Time);
        Assert.True(seal.TryRenew(new CheckedStatement(statement, TrustTier.Simulated, _attested.Time.GetUtcNow() + TimeSpan.FromMinutes(1)), out _));
        Assert.Equal(TrustTier.Simulated, seal.Tier);

        _attested.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Null(seal.Tier);
        Assert.Equal(SealingFault.None, statement.CheckTime(_attested.Time.GetUtcNow()));
    }

    [Fact]
    public void Anchor_FileThatHoldsNone_KeepsTheGatewayFromStarting()
    {
        File.WriteAllText(_attested.Options.Attestation.SimulatedAnchorFile!, """{"root": "x", "qeVendorId": "y"}""");

        var error = Assert.Throws<IOException>(() => new EvidenceCheck(Options.Create(_attested.Options), _attested.Time, NullLogger<EvidenceCheck>.Instance));

        Assert.Contains("SimulatedAnchorFile", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Production", false)]
    [InlineData("Development", true)]
    public void Options_SimulatedAnchor_IsRefusedInProduction(string environment, bool isTaken)
    {
        Exception? error = Bind(environment, ("SimulatedAnchorFile", "anchor.json"));

        Assert.Equal(isTaken, error is null);
        Assert.True(isTaken || error!.Message.Contains("SimulatedAnchorFile must be absent in Production", StringComparison.Ordinal));
    }

    /// <summary>Where images make tiers, workers must not choose the documents by which they are judged.</summary>
    [Theory]
    [InlineData("Production", null, false)]
    [InlineData("Production", "CollateralAddress=https://api.trustedservices.intel.com/", true)]
    [InlineData("Production", "CollateralSocket=/run/pccs.sock", true)]
    [InlineData("Development", null, true)]
    public void Options_ImagesWithoutASourceOfCollateral_AreRefusedInProduction(string environment, string? source, bool isTaken)
    {
        (string, string)[] named = source?.Split('=') is [var key, var value] ? [(key, value)] : [];

        Exception? error = Bind(environment, [("ImageFiles:0", "image.json"), .. named]);

        Assert.Equal(isTaken, error is null);
        Assert.True(isTaken || error!.Message.Contains("CollateralAddress must be set in Production", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("HardenedAdvisories:0", "SA-615")]
    [InlineData("Configurations:0:Fmspc", "00606a")]
    [InlineData("Configurations:0:Advisories:0", "all")]
    [InlineData("Graces:0:NewerSince", "0001-01-01T00:00:00Z")]
    [InlineData("Graces:0:Until", "2026-01-01T00:00:00Z")]
    [InlineData("Strict", "true")]
    [InlineData("Stict", "true")]
    public void Options_TcbThatIsWrong_IsNamed(string key, string value)
    {
        Dictionary<string, string> settings = new()
        {
            ["HardenedAdvisories:0"] = "INTEL-SA-00615",
            ["Configurations:0:Fmspc"] = "00606a000000",
            ["Configurations:0:Advisories:0"] = "INTEL-SA-00614",
            ["Graces:0:Fmspc"] = "00606a000000",
            ["Graces:0:NewerSince"] = "2026-03-01T00:00:00Z",
            ["Graces:0:Until"] = "2026-03-10T00:00:00Z",
        };
        Assert.Null(Bind("Production", [.. settings.Select(setting => ($"Tcb:{setting.Key}", setting.Value))]));
        settings[key] = value;

        Exception? error = Bind("Production", [.. settings.Select(setting => ($"Tcb:{setting.Key}", setting.Value))]);

        Assert.Contains($"Gateway:Attestation:Tcb:{key.Replace("Stict", "Strict", StringComparison.Ordinal)}", error?.Message, StringComparison.Ordinal);
    }

    /// <summary>Each exception of the settings reaches the judgement, and none is there by itself.</summary>
    [Theory]
    [InlineData("nothing")]
    [InlineData("advisory")]
    [InlineData("configuration")]
    [InlineData("grace")]
    public void Options_Tcb_BecomeThePolicy(string named)
    {
        var options = new TcbOptions();
        switch (named)
        {
            case "advisory":
                options.HardenedAdvisories.Add("INTEL-SA-00615");
                break;
            case "configuration":
                options.Configurations.Add(new ToleratedConfigurationOptions { Fmspc = "00606a000000", Advisories = ["INTEL-SA-00614"] });
                break;
            case "grace":
                options.Graces.Add(new OutOfDateGraceOptions { Fmspc = "00606a000000", NewerSince = _attested.Time.GetUtcNow(), Until = _attested.Time.GetUtcNow().AddDays(1) });
                break;
        }

        TcbPolicy policy = options.ToPolicy();

        Assert.Equal(
            (named == "advisory", named == "configuration", named == "grace", false),
            (policy.HardenedAdvisories.Contains("INTEL-SA-00615"), policy.Configurations.Any(one => one.Advisories.Contains("INTEL-SA-00614")), policy.Graces.Count == 1, policy.IsStrict));
    }

    private static Exception? Bind(string environment, params (string Key, string Value)[] settings)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.Configuration.AddInMemoryCollection([new("Cluster:GatewayPorts:0", "1"), .. settings.Select(setting => KeyValuePair.Create($"Gateway:Attestation:{setting.Key}", (string?)setting.Value))]);
        builder.AddGateway();
        using ServiceProvider services = builder.Services.BuildServiceProvider();
        return Record.Exception(() => services.GetRequiredService<IOptions<GatewayOptions>>().Value);
    }
}
