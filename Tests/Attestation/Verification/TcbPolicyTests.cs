using System.Text.Json.Nodes;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Attestation.Simulated.Worlds;
using CocoonOrleans.Attestation.Tcb;
using CocoonOrleans.Attestation.Verification;
using CocoonOrleans.Tests.Attestation.Worlds;

namespace CocoonOrleans.Tests.Attestation.Verification;

/// <summary>Which status comes of which parts, and which policy takes it.</summary>
public sealed class TcbPolicyTests
{
    private const string Advisory = "INTEL-SA-00009";
    private static readonly string Fmspc = Convert.ToHexString(SimulatedWorld.Fmspc.Span);

    [Theory]
    [InlineData("UpToDate", "UpToDate", "UpToDate", TcbStatus.UpToDate)]
    [InlineData("SWHardeningNeeded", "UpToDate", "UpToDate", TcbStatus.SWHardeningNeeded)]
    [InlineData("ConfigurationNeeded", "UpToDate", "UpToDate", TcbStatus.ConfigurationNeeded)]
    [InlineData("ConfigurationAndSWHardeningNeeded", "UpToDate", "UpToDate", TcbStatus.ConfigurationAndSWHardeningNeeded)]
    [InlineData("OutOfDate", "UpToDate", "UpToDate", TcbStatus.OutOfDate)]
    [InlineData("OutOfDateConfigurationNeeded", "UpToDate", "UpToDate", TcbStatus.OutOfDateConfigurationNeeded)]
    [InlineData("Revoked", "UpToDate", "UpToDate", TcbStatus.Revoked)]
    [InlineData("UpToDate", "OutOfDate", "UpToDate", TcbStatus.OutOfDate)]
    [InlineData("SWHardeningNeeded", "OutOfDate", "UpToDate", TcbStatus.OutOfDate)]
    [InlineData("ConfigurationNeeded", "OutOfDate", "UpToDate", TcbStatus.OutOfDateConfigurationNeeded)]
    [InlineData("ConfigurationAndSWHardeningNeeded", "OutOfDate", "UpToDate", TcbStatus.OutOfDateConfigurationNeeded)]
    [InlineData("OutOfDateConfigurationNeeded", "OutOfDate", "UpToDate", TcbStatus.OutOfDateConfigurationNeeded)]
    [InlineData("Revoked", "OutOfDate", "OutOfDate", TcbStatus.Revoked)]
    [InlineData("UpToDate", "Revoked", "UpToDate", TcbStatus.Revoked)]
    [InlineData("UpToDate", "UpToDate", "OutOfDate", TcbStatus.OutOfDate)]
    [InlineData("ConfigurationNeeded", "UpToDate", "OutOfDate", TcbStatus.OutOfDateConfigurationNeeded)]
    [InlineData("UpToDate", "UpToDate", "SWHardeningNeeded", TcbStatus.OutOfDate)] // A quoting enclave is up to date, revoked, or out of date.
    [InlineData("UpToDate", "UpToDate", "ConfigurationNeeded", TcbStatus.OutOfDate)]
    [InlineData("UpToDate", "OutOfDate", "Revoked", TcbStatus.Revoked)]
    public void Status_OfPlatformModuleAndQuotingEnclave_Converges(string platform, string module, string quotingEnclave, TcbStatus expected)
    {
        var verdict = World.Verify(world =>
        {
            world.Version = 4; // No relaunch: the body has no second SVN.
            Set(world, platform, module, quotingEnclave);
        });

        Assert.Equal(expected, verdict.Tcb?.Status);
    }

    [Theory]
    [InlineData(6, 1, 3, TcbStatus.TDRelaunchAdvised)]
    [InlineData(7, 1, 4, TcbStatus.TDRelaunchAdvised)]
    [InlineData(3, 3, 3, TcbStatus.TDRelaunchAdvised)] // Another major version: its own newest level.
    [InlineData(5, 0, 3, TcbStatus.TDRelaunchAdvised)] // The first modules: the newest TCB level's components.
    [InlineData(4, 0, 3, TcbStatus.OutOfDate)]
    [InlineData(5, 1, 3, TcbStatus.OutOfDate)]
    [InlineData(6, 1, 2, TcbStatus.OutOfDate)]
    [InlineData(2, 3, 3, TcbStatus.OutOfDate)]
    public void Status_ModuleUpdatedUnderTheTd_AdvisesRelaunch(byte minor, byte major, byte microcode, TcbStatus expected) => Assert.Equal(
        expected,
        World.Verify(world => (world.TeeTcbSvn, world.TeeTcbSvn2) = (WorldSettings.Svns(4, 1, 3), WorldSettings.Svns(minor, major, microcode))).Tcb?.Status);

    [Theory]
    [InlineData("UpToDate", "UpToDate", TcbStatus.TDRelaunchAdvised)]
    [InlineData("SWHardeningNeeded", "UpToDate", TcbStatus.TDRelaunchAdvised)]
    [InlineData("ConfigurationNeeded", "UpToDate", TcbStatus.TDRelaunchAdvisedConfigurationNeeded)]
    [InlineData("ConfigurationAndSWHardeningNeeded", "UpToDate", TcbStatus.TDRelaunchAdvisedConfigurationNeeded)]
    [InlineData("OutOfDate", "UpToDate", TcbStatus.OutOfDate)]
    [InlineData("UpToDate", "OutOfDate", TcbStatus.OutOfDate)]
    [InlineData("UpToDate", "Revoked", TcbStatus.Revoked)]
    public void Status_RelaunchOnly_HelpsWhereTheRestIsUpToDate(string platform, string quotingEnclave, TcbStatus expected) => Assert.Equal(
        expected,
        World.Verify(world =>
        {
            world.TeeTcbSvn = WorldSettings.Svns(4, 1, 3);
            world.TcbInfo = info => info["tcbLevels"]![0]!["tcbStatus"] = platform;
            world.QeIdentity = identity => identity["tcbLevels"]![0]!["tcbStatus"] = quotingEnclave;
        }).Tcb?.Status);

    [Fact]
    public void Status_RunningModuleUnknown_IsRefused() => Assert.Equal(
        RefusalCodes.TdxModuleUnknown,
        World.Verify(world => (world.TeeTcbSvn, world.TeeTcbSvn2) = (WorldSettings.Svns(4, 1, 3), WorldSettings.Svns(9, 9, 9))).Refusal?.Code);

    /// <summary>
    /// TEE_TCB_SVN[1] above 0: components 0 and 1 are judged by the module's identity alone. npm's <c>@phala/dcap-qvl</c> 0.3.9 compares all 16, as if
    /// TDX 1.5 had no module identities, and calls this platform unsupported; Intel's specification and library start at index 2.
    /// </summary>
    [Fact]
    public void Status_LaterMajorVersion_IgnoresTheFirstTwoComponents()
    {
        var verdict = World.Verify(world =>
        {
            world.TeeTcbSvn = world.TeeTcbSvn2 = WorldSettings.Svns(3, 3, 3);
            world.TcbInfo = info => info["tcbLevels"]![0]!["tcb"]!["tdxtcbcomponents"]![0]!["svn"] = 200;
        });

        Assert.Null(verdict.Refusal);
    }

    [Fact]
    public void Status_FirstMajorVersion_ComparesAllComponents() => Assert.Equal(
        RefusalCodes.TcbUnsupported,
        World.Verify(world =>
        {
            world.TeeTcbSvn = WorldSettings.Svns(6, 0, 3);
            world.TcbInfo = info => info["tcbLevels"] = new JsonArray(TcbDocuments.Level(5, [200, 0, 3], "UpToDate"));
        }).Refusal?.Code);

    [Fact]
    public void Status_ModuleIdInOtherLetterCase_IsTheSameModule() =>
        Assert.Null(World.Verify(world => world.TcbInfo = info => info["tdxModuleIdentities"]![0]!["id"] = "Tdx_01").Refusal);

    [Fact]
    public void Status_LevelsInDocumentOrder_TheFirstReachedCounts() => Assert.Equal(
        TcbStatus.OutOfDate,
        World.Verify(world => world.TcbInfo = info => info["tcbLevels"] = new JsonArray(TcbDocuments.Level(1, [0], "OutOfDate"), TcbDocuments.Level(5, [5, 0, 3], "UpToDate"))).Tcb?.Status);

    [Fact]
    public void Advisories_OfAllParts_AreTogether() => Assert.Equal(
        ["INTEL-SA-00001", "INTEL-SA-00002", "INTEL-SA-00003"],
        World.Verify(world => (world.TeeTcbSvn, world.QeIsvSvn) = (WorldSettings.Svns(4, 1, 2), 2)).Tcb?.Advisories);

    [Theory]
    [InlineData("UpToDate", true)]
    [InlineData("SWHardeningNeeded", false)]
    [InlineData("ConfigurationNeeded", false)]
    [InlineData("ConfigurationAndSWHardeningNeeded", false)]
    [InlineData("OutOfDate", false)]
    [InlineData("OutOfDateConfigurationNeeded", false)]
    public void Judge_NothingNamed_TakesUpToDateOnly(string status, bool accepted)
    {
        Assert.Equal(accepted ? null : RefusalCodes.PolicyStatus, Judge(status, TcbPolicy.Default).Refusal?.Code);
        Assert.Equal(accepted ? null : RefusalCodes.PolicyStatus, Judge(status, Everything() with { IsStrict = true }).Refusal?.Code);
    }

    [Theory]
    [InlineData("SWHardeningNeeded")]
    [InlineData("ConfigurationNeeded")]
    [InlineData("ConfigurationAndSWHardeningNeeded")]
    [InlineData("OutOfDate")]
    [InlineData("OutOfDateConfigurationNeeded")]
    public void Judge_EverythingNamed_TakesIt(string status) => Assert.Null(Judge(status, Everything()).Refusal);

    [Fact]
    public void Judge_AdvisoryThatIsNotNamed_IsRefused()
    {
        var policy = Everything() with { HardenedAdvisories = new HashSet<string> { "INTEL-SA-00010" }, Configurations = [new ToleratedConfiguration(Fmspc, new HashSet<string>())] };

        Assert.Equal(RefusalCodes.PolicyStatus, Judge("SWHardeningNeeded", policy).Refusal?.Code);
        Assert.Equal(RefusalCodes.PolicyStatus, Judge("ConfigurationNeeded", policy).Refusal?.Code);
    }

    [Fact]
    public void Judge_HardeningWithoutAnAdvisory_IsRefused() => Assert.Equal(
        RefusalCodes.PolicyStatus,
        World.Verify(world => Set(world, "SWHardeningNeeded", "UpToDate", "UpToDate"), new EvidencePolicy { Tcb = Everything() }).Refusal?.Code);

    [Fact]
    public void Judge_ConfigurationOfAnotherFamily_IsRefused()
    {
        var policy = new TcbPolicy { Configurations = [new ToleratedConfiguration("000000000000", new HashSet<string> { Advisory })] };

        Assert.Equal(RefusalCodes.PolicyStatus, Judge("ConfigurationNeeded", policy).Refusal?.Code);
    }

    [Fact]
    public void Judge_GraceLongerThanTwoWeeks_EndsAfterTwoWeeks()
    {
        var policy = new TcbPolicy { Graces = [new OutOfDateGrace(Fmspc, World.Now.AddDays(-14), World.Now.AddDays(1))] };

        Assert.Null(Judge("OutOfDate", policy).Refusal);
        Assert.Equal(World.Now, Judge("OutOfDate", policy).ValidUntil);
        Assert.Equal(RefusalCodes.PolicyStatus, Judge("OutOfDate", policy, World.Now.AddSeconds(1)).Refusal?.Code);
    }

    [Fact]
    public void Judge_RelaunchAdvised_DrainsForTwoWeeksAtMost()
    {
        var first = Relaunch(new TcbPolicy());
        var last = Relaunch(new TcbPolicy { RelaunchAdvisedSince = World.Now.AddDays(-14) });

        Assert.Equal((null, true, World.Now.AddDays(14)), (first.Refusal, first.MustDrain, first.ValidUntil));
        Assert.Equal((null, true, World.Now), (last.Refusal, last.MustDrain, last.ValidUntil));
        Assert.Equal(RefusalCodes.PolicyRelaunch, Relaunch(new TcbPolicy { RelaunchAdvisedSince = World.Now.AddDays(-14).AddSeconds(-1) }).Refusal?.Code);
        Assert.Equal(RefusalCodes.PolicyStatus, Relaunch(TcbPolicy.Strict).Refusal?.Code);
    }

    private static TcbPolicy Everything() => new()
    {
        HardenedAdvisories = new HashSet<string> { Advisory },
        Configurations = [new ToleratedConfiguration(Fmspc, new HashSet<string> { Advisory })],
        Graces = [new OutOfDateGrace(Fmspc, World.Now, World.Now.AddDays(1))],
    };

    private static EvidenceVerdict Judge(string status, TcbPolicy policy, DateTimeOffset? now = null) => World.Verify(
        world => Set(world, status, "UpToDate", "UpToDate", status == "UpToDate" ? [] : [Advisory]), new EvidencePolicy { Tcb = policy }, now);

    private static EvidenceVerdict Relaunch(TcbPolicy policy) =>
        World.Verify(world => world.TeeTcbSvn = WorldSettings.Svns(4, 1, 3), new EvidencePolicy { Tcb = policy });

    private static void Set(WorldSettings world, string platform, string module, string quotingEnclave, params string[] advisories)
    {
        world.TcbInfo = info =>
        {
            info["tcbLevels"] = new JsonArray(TcbDocuments.Level(5, [5, 0, 3], platform, advisories));
            info["tdxModuleIdentities"]![0]!["tcbLevels"]![0]!["tcbStatus"] = module;
        };
        world.QeIdentity = identity => identity["tcbLevels"]![0]!["tcbStatus"] = quotingEnclave;
    }
}
