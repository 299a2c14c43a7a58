using CocoonOrleans.Grains.Workers;
using CocoonOrleans.Market;
using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Tests.Cluster.Workers;

[Collection(TwoSilosCollection.Name)]
public sealed class WorkerGrainTests : ClusterTest
{
    private readonly string _id = Sample.NewWorkerId();
    private readonly WorkerRegistration _registration = Sample.Registration(Sample.NewModel());

    public WorkerGrainTests(TwoSilos silos)
        : base(silos) => Grain = Worker(_id);

    private IWorkerGrain Grain { get; }

    [Fact]
    public async Task Register_NewBoot_OpensAHigherEpochAndFencesTheOld()
    {
        WorkerSession first = await Grain.RegisterAsync(_registration);

        WorkerSession second = await Grain.RegisterAsync(_registration with { BootId = Guid.NewGuid(), TunnelId = Guid.NewGuid() });

        Assert.Equal(first.Epoch + 1, second.Epoch);
        Assert.Equal(HeartbeatResult.Fenced, await Grain.HeartbeatAsync(Sample.Heartbeat(_registration, first.Epoch)));
        Assert.Equal(LeaseRefusal.Fenced, (await Grain.TryLeaseAsync(Sample.Lease(first.Epoch, Now))).Refusal);
    }

    [Fact]
    public async Task Register_SameBootThroughAnotherGateway_SharesTheEpoch()
    {
        WorkerRegistration other = _registration with { GatewayId = "gateway-2", TunnelId = Guid.NewGuid() };
        WorkerSession first = await Grain.RegisterAsync(_registration);

        WorkerSession second = await Grain.RegisterAsync(other);

        Assert.Equal(first, second);
        Assert.Equal(HeartbeatResult.Accepted, await Grain.HeartbeatAsync(Sample.Heartbeat(_registration, first.Epoch)));
        Assert.Equal(HeartbeatResult.Accepted, await Grain.HeartbeatAsync(Sample.Heartbeat(other, first.Epoch)));
    }

    [Fact]
    public async Task Register_AfterTheActivationWasLost_OpensAHigherEpochAndAsksTheOtherGatewayToRegisterAgain()
    {
        WorkerRegistration other = _registration with { GatewayId = "gateway-2", TunnelId = Guid.NewGuid() };
        WorkerSession first = await Grain.RegisterAsync(_registration);
        await Grain.RegisterAsync(other);
        await Silos.Cluster.DeactivateAsync(Grain);
        Assert.Equal(HeartbeatResult.Unknown, await Grain.HeartbeatAsync(Sample.Heartbeat(_registration, first.Epoch)));

        WorkerSession second = await Grain.RegisterAsync(_registration);

        Assert.Equal(first.Epoch + 1, second.Epoch);
        Assert.Equal(HeartbeatResult.Unknown, await Grain.HeartbeatAsync(Sample.Heartbeat(other, first.Epoch)));
        Assert.Equal(second, await Grain.RegisterAsync(other));
    }

    public static TheoryData<string, Func<WorkerRegistration, WorkerRegistration>> BadRegistrations => new()
    {
        { "TunnelId", registration => registration with { TunnelId = Guid.Empty } },
        { "BootId", registration => registration with { BootId = Guid.Empty } },
        { "ProviderId", registration => registration with { ProviderId = "a/b" } },
        { "Models", registration => registration with { Models = [] } },
        { "Models", registration => registration with { Models = [.. Enumerable.Repeat(registration.Models[0], 33)] } },
        { "Model", registration => registration with { Models = [registration.Models[0], registration.Models[0]] } },
        { "ManifestSha256", registration => registration with { Models = [registration.Models[0] with { ManifestSha256 = "00" }] } },
        { "Slots", registration => registration with { Models = [registration.Models[0] with { Slots = 0 }] } },
        { "ContextTokens", registration => registration with { Models = [registration.Models[0] with { ContextTokens = 0 }] } },
        { "Ask", registration => registration with { Models = [registration.Models[0] with { Ask = new TokenPrices(new Nano(-1), Nano.Zero, Nano.Zero) }] } },
    };

    [Theory, MemberData(nameof(BadRegistrations), DisableDiscoveryEnumeration = true)]
    public async Task Register_BadField_IsNamed(string field, Func<WorkerRegistration, WorkerRegistration> spoil)
    {
        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(() => Grain.RegisterAsync(spoil(_registration)));

        Assert.StartsWith($"{field} ", error.Message, StringComparison.Ordinal);
        Assert.Null(await Grain.GetAsync());
    }

    [Fact]
    public async Task TryLease_HundredAtOnce_GrantsAsManyAsThereAreSlots()
    {
        WorkerSession session = await Grain.RegisterAsync(Sample.Registration(Sample.NewModel(), slots: 7));

        LeaseResult[] results = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Grain.TryLeaseAsync(Sample.Lease(session.Epoch, Now))));

        Assert.Equal(7, results.Count(result => result.LeaseId is not null));
        Assert.Equal(93, results.Count(result => result.Refusal == LeaseRefusal.Busy));
    }

    [Fact]
    public async Task TryLease_SameJobAgain_ReturnsTheSameLease()
    {
        LeaseRequest request = Sample.Lease((await Grain.RegisterAsync(_registration)).Epoch, Now);
        LeaseResult first = await Grain.TryLeaseAsync(request);

        Assert.Equal(first, await Grain.TryLeaseAsync(request));
        Assert.Equal(1, (await Grain.GetAsync())?.Leases);
    }

    [Fact]
    public async Task TryLease_AfterRelease_FindsTheSlotFree()
    {
        WorkerSession session = await Grain.RegisterAsync(Sample.Registration(Sample.NewModel(), slots: 1));
        LeaseRequest request = Sample.Lease(session.Epoch, Now);
        LeaseResult lease = await Grain.TryLeaseAsync(request);
        Assert.Equal(LeaseRefusal.Busy, (await Grain.TryLeaseAsync(Sample.Lease(session.Epoch, Now))).Refusal);

        await Grain.ReleaseAsync(new LeaseRelease(lease.LeaseId!.Value, request.JobId, LeaseOutcome.Completed));

        Assert.Equal(LeaseRefusal.None, (await Grain.TryLeaseAsync(Sample.Lease(session.Epoch, Now))).Refusal);
    }

    [Fact]
    public async Task TryLease_LeaseExpired_FindsTheSlotFree()
    {
        WorkerRegistration registration = Sample.Registration(Sample.NewModel(), slots: 1);
        WorkerSession session = await Grain.RegisterAsync(registration);
        await Grain.TryLeaseAsync(Sample.Lease(session.Epoch, Now) with { ExpiresAt = Now + TimeSpan.FromSeconds(4) });

        Silos.Clock.Advance(TimeSpan.FromSeconds(4));

        Assert.Equal(LeaseRefusal.None, (await Grain.TryLeaseAsync(Sample.Lease(session.Epoch, Now))).Refusal);
    }

    [Fact]
    public async Task TryLease_TunnelOfTheOtherJobWasClosed_FindsTheSlotFree()
    {
        (WorkerRegistration other, WorkerSession session, LeaseRequest request) = await TakeOnlySlotAsync();

        await Grain.DisconnectAsync(new WorkerDisconnect(session.Epoch, request.TunnelId, "gone"));

        Assert.Equal(LeaseRefusal.None, (await Grain.TryLeaseAsync(Sample.Lease(session.Epoch, Now) with { TunnelId = other.TunnelId })).Refusal);
    }

    [Fact]
    public async Task TryLease_GatewayOfTheOtherJobFellSilent_FindsTheSlotFree()
    {
        (WorkerRegistration other, WorkerSession session, _) = await TakeOnlySlotAsync();

        Silos.Clock.Advance(TimeSpan.FromSeconds(4));
        await Grain.HeartbeatAsync(Sample.Heartbeat(other, session.Epoch));
        Silos.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(LeaseRefusal.None, (await Grain.TryLeaseAsync(Sample.Lease(session.Epoch, Now) with { TunnelId = other.TunnelId })).Refusal);
    }

    [Fact]
    public async Task TryLease_UnknownManifest_IsRefused()
    {
        WorkerSession session = await Grain.RegisterAsync(_registration);

        LeaseResult result = await Grain.TryLeaseAsync(Sample.Lease(session.Epoch, Now) with { ManifestSha256 = new string('b', 64) });

        Assert.Equal(LeaseRefusal.UnknownModel, result.Refusal);
    }

    [Fact]
    public async Task TryLease_Draining_IsRefused()
    {
        WorkerSession session = await Grain.RegisterAsync(_registration);
        await Grain.HeartbeatAsync(Sample.Heartbeat(_registration, session.Epoch, draining: true));

        Assert.Equal(LeaseRefusal.Draining, (await Grain.TryLeaseAsync(Sample.Lease(session.Epoch, Now))).Refusal);
    }

    [Fact]
    public async Task TryLease_NeverRegistered_IsOffline() =>
        Assert.Equal(LeaseRefusal.Offline, (await Grain.TryLeaseAsync(Sample.Lease(1, Now))).Refusal);

    [Fact]
    public async Task TryLease_NoHeartbeatForTooLong_IsOffline()
    {
        WorkerSession session = await Grain.RegisterAsync(_registration);

        Silos.Clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(LeaseRefusal.Offline, (await Grain.TryLeaseAsync(Sample.Lease(session.Epoch, Now))).Refusal);
        Assert.False((await Grain.GetAsync())?.Online);
    }

    [Fact]
    public async Task TryLease_AlreadyExpired_IsAnError()
    {
        WorkerSession session = await Grain.RegisterAsync(_registration);

        await Assert.ThrowsAsync<ArgumentException>(() => Grain.TryLeaseAsync(Sample.Lease(session.Epoch, Now) with { ExpiresAt = Now }));
    }

    [Fact]
    public async Task Disconnect_OneOfTwoTunnels_KeepsTheWorkerOnline()
    {
        WorkerRegistration other = _registration with { GatewayId = "gateway-2", TunnelId = Guid.NewGuid() };
        WorkerSession session = await Grain.RegisterAsync(_registration);
        await Grain.RegisterAsync(other);

        await Grain.DisconnectAsync(new WorkerDisconnect(session.Epoch, _registration.TunnelId, "closed"));

        Assert.True((await Grain.GetAsync())?.Online);
        await Grain.DisconnectAsync(new WorkerDisconnect(session.Epoch, other.TunnelId, "closed"));
        Assert.False((await Grain.GetAsync())?.Online);
    }

    [Fact]
    public async Task Disconnect_TunnelOfAnOldSession_LeavesTheNewOneAlone()
    {
        WorkerSession old = await Grain.RegisterAsync(_registration);
        await Grain.RegisterAsync(_registration with { BootId = Guid.NewGuid(), TunnelId = Guid.NewGuid() });

        await Grain.DisconnectAsync(new WorkerDisconnect(old.Epoch, _registration.TunnelId, "closed"));

        Assert.True((await Grain.GetAsync())?.Online);
    }

    [Fact]
    public async Task Release_ThreeFailures_ParksUntilAProbeSucceeds()
    {
        WorkerSession session = await Grain.RegisterAsync(_registration);
        for (int i = 0; i < 3; i++)
        {
            await RunAsync(session, LeaseOutcome.Failed);
        }

        Assert.Equal(LeaseRefusal.Parked, (await Grain.TryLeaseAsync(Sample.Lease(session.Epoch, Now))).Refusal);
        for (int i = 0; i < 5; i++)
        {
            Silos.Clock.Advance(TimeSpan.FromSeconds(3));
            await Grain.HeartbeatAsync(Sample.Heartbeat(_registration, session.Epoch));
        }

        await RunAsync(session, LeaseOutcome.Completed);

        Assert.Equal(LeaseRefusal.None, (await Grain.TryLeaseAsync(Sample.Lease(session.Epoch, Now))).Refusal);
        Assert.Null((await Grain.GetAsync())?.ParkedUntil);
    }

    [Fact]
    public async Task Register_WorkerRestartedDuringItsProbe_GetsAnother()
    {
        WorkerSession session = await Grain.RegisterAsync(_registration);
        for (int i = 0; i < 3; i++)
        {
            await RunAsync(session, LeaseOutcome.Failed);
        }

        Silos.Clock.Advance(TimeSpan.FromSeconds(15));
        WorkerRegistration second = _registration with { BootId = Guid.NewGuid(), TunnelId = Guid.NewGuid() };
        session = await Grain.RegisterAsync(second);
        Assert.Equal(LeaseRefusal.None, (await Grain.TryLeaseAsync(Sample.Lease(session.Epoch, Now))).Refusal);
        session = await Grain.RegisterAsync(second with { BootId = Guid.NewGuid(), TunnelId = Guid.NewGuid() });

        Assert.Equal(LeaseRefusal.None, (await Grain.TryLeaseAsync(Sample.Lease(session.Epoch, Now))).Refusal);
    }

    [Fact]
    public async Task Release_OnlyFailuresAndGarbage_CountAgainstTheWorker()
    {
        WorkerSession session = await Grain.RegisterAsync(_registration);
        Guid failed = await RunAsync(session, LeaseOutcome.Failed);
        await RunAsync(session, LeaseOutcome.Cancelled);
        await RunAsync(session, LeaseOutcome.Refused);
        await RunAsync(session, LeaseOutcome.Completed);

        WorkerView? view = await Grain.GetAsync();

        Assert.Equal((1L, 1L), (view?.Completed, view?.Failed));
        Assert.Equal(new ReputationEvent(Now, LeaseOutcome.Failed, failed), Assert.Single(view!.Events));
    }

    [Fact]
    public async Task Release_Twice_CountsOnce()
    {
        WorkerSession session = await Grain.RegisterAsync(_registration);
        LeaseRequest request = Sample.Lease(session.Epoch, Now);
        LeaseResult lease = await Grain.TryLeaseAsync(request);
        var release = new LeaseRelease(lease.LeaseId!.Value, request.JobId, LeaseOutcome.Completed);
        await Grain.ReleaseAsync(release);

        await Grain.ReleaseAsync(release);

        Assert.Equal(1, (await Grain.GetAsync())?.Completed);
    }

    [Fact]
    public async Task Release_FailedAfterItsTunnelEnded_CountsOnceAgainstTheWorker()
    {
        WorkerSession session = await Grain.RegisterAsync(_registration);
        LeaseRequest request = Sample.Lease(session.Epoch, Now) with { TunnelId = _registration.TunnelId };
        LeaseResult lease = await Grain.TryLeaseAsync(request);
        await Grain.DisconnectAsync(new WorkerDisconnect(session.Epoch, _registration.TunnelId, "killed"));
        var release = new LeaseRelease(lease.LeaseId!.Value, request.JobId, LeaseOutcome.Failed);

        await Grain.ReleaseAsync(release);
        await Grain.ReleaseAsync(release);

        Assert.Equal(request.JobId, Assert.Single((await Grain.GetAsync())!.Events).JobId);
    }

    [Fact]
    public async Task Release_FailedAfterTheWorkerCameBack_CountsAgainstIt()
    {
        WorkerSession session = await Grain.RegisterAsync(_registration);
        LeaseRequest request = Sample.Lease(session.Epoch, Now);
        LeaseResult lease = await Grain.TryLeaseAsync(request);
        await Grain.RegisterAsync(_registration with { BootId = Guid.NewGuid(), TunnelId = Guid.NewGuid() });

        await Grain.ReleaseAsync(new LeaseRelease(lease.LeaseId!.Value, request.JobId, LeaseOutcome.Failed));

        WorkerView? view = await Grain.GetAsync();
        Assert.Equal((1L, 0), (view?.Failed, view?.Leases));
    }

    [Fact]
    public async Task Reputation_GrainDeactivated_IsThereAfterwards()
    {
        WorkerSession session = await Grain.RegisterAsync(_registration);
        Guid failed = await RunAsync(session, LeaseOutcome.Garbage);

        await Silos.Cluster.DeactivateAsync(Grain);

        WorkerView? view = await Grain.GetAsync();
        Assert.Equal((1L, session.Epoch, false), (view?.Failed, view?.Epoch, view?.Online));
        Assert.Equal(failed, Assert.Single(view!.Events).JobId);
    }

    [Fact]
    public void Reputation_ManyFailures_KeepsTheNewestFifty()
    {
        var record = new WorkerRecord();
        for (int i = 0; i < 60; i++)
        {
            record.Count(new LeaseRelease(Guid.NewGuid(), Guid.NewGuid(), LeaseOutcome.Failed), Now + TimeSpan.FromSeconds(i));
        }

        Assert.Equal((60L, 50), (record.Failed, record.Events.Count));
        Assert.Equal(Now + TimeSpan.FromSeconds(10), record.Events.Peek().Time);
    }

    private async Task<Guid> RunAsync(WorkerSession session, LeaseOutcome outcome)
    {
        LeaseRequest request = Sample.Lease(session.Epoch, Now);
        LeaseResult lease = await Grain.TryLeaseAsync(request);
        Assert.Equal(LeaseRefusal.None, lease.Refusal);
        await Grain.ReleaseAsync(new LeaseRelease(lease.LeaseId!.Value, request.JobId, outcome));
        return request.JobId;
    }

    /// <summary>A worker with one slot and two tunnels, whose slot is taken through the first of them.</summary>
    private async Task<(WorkerRegistration Other, WorkerSession Session, LeaseRequest Request)> TakeOnlySlotAsync()
    {
        WorkerRegistration registration = Sample.Registration(Sample.NewModel(), slots: 1);
        WorkerRegistration other = registration with { GatewayId = "gateway-2", TunnelId = Guid.NewGuid() };
        WorkerSession session = await Grain.RegisterAsync(registration);
        await Grain.RegisterAsync(other);
        LeaseRequest request = Sample.Lease(session.Epoch, Now) with { TunnelId = registration.TunnelId };
        await Grain.TryLeaseAsync(request);
        Assert.Equal(LeaseRefusal.Busy, (await Grain.TryLeaseAsync(Sample.Lease(session.Epoch, Now) with { TunnelId = other.TunnelId })).Refusal);
        return (other, session, request);
    }
}
