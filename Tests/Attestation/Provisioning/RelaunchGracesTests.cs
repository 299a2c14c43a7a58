using CocoonOrleans.Attestation.Provisioning;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Attestation.Simulated.Worlds;
using CocoonOrleans.Attestation.Verification;
using CocoonOrleans.Tests.Attestation.Worlds;

namespace CocoonOrleans.Tests.Attestation.Provisioning;

/// <summary>When a client that judges quotes alone ends the grace of a TD that must start again.</summary>
public sealed class RelaunchGracesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly WatchedTime _time = new(World.Now);

    private static EvidenceVerdict Drains { get; } = Accepted(World.Verify(world => world.TeeTcbSvn = WorldSettings.Svns(4, 1, 3)), mustDrain: true);

    private static EvidenceVerdict UpToDate { get; } = Accepted(World.Verify(), mustDrain: false);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Check_AdviceOverRestartsAndQuotesOfOtherTds_EndsOnce()
    {
        Assert.Null(await CheckAsync(Drains));
        _time.Advance(TimeSpan.FromDays(13));
        Assert.Null(await CheckAsync(Drains));
        Assert.Null(await CheckAsync(UpToDate));
        Assert.Null(await CheckAsync(Drains));
        _time.Advance(TimeSpan.FromDays(1) + TimeSpan.FromSeconds(1));

        Assert.Equal(RefusalCodes.PolicyRelaunch, (await CheckAsync(Drains))?.Code);
        Assert.Null(await CheckAsync(UpToDate));
        Assert.Equal(RefusalCodes.PolicyRelaunch, (await CheckAsync(Drains))?.Code);
    }

    /// <summary>A client that asks seldom: that it has not looked is no relaunch.</summary>
    [Fact]
    public async Task Check_AdviceSeenAgainMuchLater_IsOver()
    {
        Assert.Null(await CheckAsync(Drains));
        _time.Advance(TimeSpan.FromDays(100));

        Assert.Equal(RefusalCodes.PolicyRelaunch, (await CheckAsync(Drains))?.Code);
    }

    [Fact]
    public async Task Check_UpToDateForLongerThanTheGrace_IsANewAdviceThen()
    {
        Assert.Null(await CheckAsync(Drains));
        _time.Advance(TimeSpan.FromDays(15));
        Assert.Null(await CheckAsync(UpToDate));
        _time.Advance(TimeSpan.FromDays(30));

        Assert.Null(await CheckAsync(Drains));
        _time.Advance(TimeSpan.FromDays(15));
        Assert.Equal(RefusalCodes.PolicyRelaunch, (await CheckAsync(Drains))?.Code);
    }

    /// <summary>Each time another process.</summary>
    private async Task<Refusal?> CheckAsync(EvidenceVerdict verdict)
    {
        using var floors = new FileCollateralFloorStore(_folder.File("floors.json"));
        await using var service = new CollateralService(client: null, World.Anchor, floors, _time);
        return await service.CheckRelaunchAsync(verdict);
    }

    private static EvidenceVerdict Accepted(EvidenceVerdict verdict, bool mustDrain)
    {
        Assert.Equal((true, mustDrain), (verdict.IsAccepted, verdict.MustDrain));
        return verdict;
    }
}
