using System.Text.Json;
using System.Text.Json.Nodes;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Attestation.Simulated.Collaterals;
using CocoonOrleans.Attestation.Simulated.Hosting;
using CocoonOrleans.Attestation.Simulated.Worlds;
using CocoonOrleans.Attestation.Tcb;
using CocoonOrleans.Attestation.Verification;
using CocoonOrleans.Tests.Attestation.Worlds;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Attestation.Simulated;

/// <summary>What the issuer's settings make of its platform.</summary>
public sealed class PlatformConditionTests
{
    public static TheoryData<TcbStatus> Statuses => [.. Enum.GetValues<TcbStatus>()];

    [Theory, MemberData(nameof(Statuses))]
    public void Status_Asked_IsWhatTheVerifierFinds(TcbStatus status)
    {
        var verdict = Verify(new SimulatedOptions { Status = status });

        Assert.Equal(status, verdict.Tcb?.Status);
        Assert.Equal(
            status switch
            {
                TcbStatus.UpToDate or TcbStatus.TDRelaunchAdvised or TcbStatus.TDRelaunchAdvisedConfigurationNeeded => null,
                TcbStatus.Revoked => RefusalCodes.TcbRevoked,
                _ => RefusalCodes.PolicyStatus,
            },
            verdict.Refusal?.Code);
    }

    [Theory]
    [InlineData(nameof(SimulatedOptions.RevokedProcessor), RefusalCodes.PckRevoked)]
    [InlineData(nameof(SimulatedOptions.RevokedAuthority), RefusalCodes.PckIssuerRevoked)]
    [InlineData(nameof(SimulatedOptions.ServiceTd), RefusalCodes.TdService)]
    [InlineData(nameof(SimulatedOptions.SeptVeClear), RefusalCodes.TdSeptVe)]
    [InlineData(nameof(SimulatedOptions.Debug), RefusalCodes.TdDebug)]
    public void Condition_Set_IsRefusedByItsCode(string name, string code)
    {
        var options = new SimulatedOptions();
        typeof(SimulatedOptions).GetProperty(name)!.SetValue(options, true);

        Assert.Equal(code, Verify(options).Refusal?.Code);
    }

    /// <summary>Components 0 and 1 are below every level, and count only where TEE_TCB_SVN[1] is 0.</summary>
    [Fact]
    public void LowFirstComponents_LaterMajorVersion_IsUpToDate()
    {
        var verdict = Verify(new SimulatedOptions { LowFirstComponents = true });

        Assert.Null(verdict.Refusal);
        Assert.True(verdict.Quote!.Td!.TeeTcbSvn.Span[1] > 0);
        Assert.Contains("\"svn\":200", verdict.Quote is null ? "" : TcbInfo(new SimulatedOptions { LowFirstComponents = true }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Development", null, null, true)]
    [InlineData("Staging", null, null, true)]
    [InlineData("Production", null, null, false)]
    [InlineData("production", null, null, false)]
    [InlineData("Development", "Production", "Development", false)] // The host listens to one of them; either is enough to refuse.
    [InlineData("Development", "Development", "PRODUCTION", false)]
    public void ProductionGuard_Environment_StartsOnlyOutsideOfProduction(string environment, string? dotnet, string? aspNet, bool starts) => Assert.Equal(
        starts, ProductionGuard.Refusal(environment, name => name == "DOTNET_ENVIRONMENT" ? dotnet : aspNet) is null);

    [Fact]
    public void IssuedCollateral_TimeGoesOn_IsFreshAndItsNumbersGrow()
    {
        using var world = new SimulatedWorld(World.Now);
        var time = new FakeTimeProvider(World.Now);
        var platform = world.Platform(new WorldSettings());
        var issued = new IssuedCollateral(platform, time);
        var first = issued.Current();
        time.Advance(TimeSpan.FromHours(23));

        Assert.Same(first, issued.Current());
        time.Advance(TimeSpan.FromDays(60));
        var later = issued.Current();

        Assert.NotSame(first, later);
        Assert.Equal("crl.expired", Verify(world, platform, first, time.GetUtcNow()).Refusal?.Code);
        Assert.Null(Verify(world, platform, later, time.GetUtcNow()).Refusal);
    }

    [Theory]
    [InlineData("no certificate", "5349-4d554c4154", "root")]
    [InlineData(null, "no UUID", "vendor")]
    [InlineData(null, "939a7233-f79c-4ca9-940a-0db3957f0607", "Intel")]
    public void Anchor_NotOfASimulatedWorld_IsRefused(string? root, string vendor, string expected) => Assert.Contains(
        expected, Assert.Throws<ArgumentException>(() => TrustAnchor.Simulated(root ?? World.Simulated.RootPem, vendor)).Message, StringComparison.Ordinal);

    private static EvidenceVerdict Verify(SimulatedOptions options)
    {
        var platform = World.Simulated.Platform(PlatformConditions.Of(options));
        return Verify(World.Simulated, platform, platform.Collateral(World.Now), World.Now);
    }

    private static EvidenceVerdict Verify(SimulatedWorld world, SimulatedPlatform platform, JsonObject collateral, DateTimeOffset now) => new EvidenceVerifier(world.Anchor).Verify(
        new Evidence { Quote = platform.Quote(), Collateral = Vectors.ReadCollateral(JsonSerializer.SerializeToUtf8Bytes(collateral)) }, new EvidencePolicy(), now);

    private static string TcbInfo(SimulatedOptions options) =>
        World.Simulated.Platform(PlatformConditions.Of(options)).Collateral(World.Now)["tcb_info"]!.GetValue<string>();
}
