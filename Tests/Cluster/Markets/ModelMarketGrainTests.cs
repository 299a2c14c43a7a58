using CocoonOrleans.Grains.Markets;
using CocoonOrleans.Grains.Workers;

namespace CocoonOrleans.Tests.Cluster.Markets;

[Collection(TwoSilosCollection.Name)]
public sealed class ModelMarketGrainTests : ClusterTest
{
    private readonly string _workerId = Sample.NewWorkerId();
    private readonly WorkerRegistration _registration;
    private readonly IModelMarketGrain _market;

    public ModelMarketGrainTests(TwoSilos silos)
        : base(silos)
    {
        string model = Sample.NewModel();
        _registration = Sample.Registration(model);
        _market = silos.Client.GetGrain<IModelMarketGrain>(MarketShard.KeyFor(model, _workerId));
    }

    [Fact]
    public async Task GetSnapshot_WorkerRegistered_HasItsOffer()
    {
        WorkerSession session = await Worker(_workerId).RegisterAsync(_registration);

        BookOffer offer = Assert.Single((await SeeAsync("one offer", 1)).Offers);

        Assert.Equal((_workerId, session.Epoch, 4), (offer.Offer.WorkerId, offer.Epoch, offer.Offer.FreeSlots));
    }

    [Fact]
    public async Task GetSnapshot_KnownVersion_IsNull()
    {
        await Worker(_workerId).RegisterAsync(_registration);
        MarketSnapshot snapshot = await SeeAsync("one offer", 1);

        Assert.Null(await _market.GetSnapshotAsync(snapshot.Version));
    }

    [Fact]
    public async Task GetSnapshot_SlotTakenAndHeartbeat_TellsTheFreeSlots()
    {
        WorkerSession session = await Worker(_workerId).RegisterAsync(_registration);
        await Worker(_workerId).TryLeaseAsync(Sample.Lease(session.Epoch, Now));

        await Worker(_workerId).HeartbeatAsync(Sample.Heartbeat(_registration, session.Epoch));

        await Eventually.GetAsync(
            "three free slots", () => _market.GetSnapshotAsync(0), snapshot => snapshot?.Offers is [{ Offer.FreeSlots: 3 }]);
    }

    [Fact]
    public async Task GetSnapshot_LastTunnelClosed_HasNoOffer()
    {
        WorkerSession session = await Worker(_workerId).RegisterAsync(_registration);
        await SeeAsync("one offer", 1);

        await Worker(_workerId).DisconnectAsync(new WorkerDisconnect(session.Epoch, _registration.TunnelId, "closed"));

        await SeeAsync("no offer", 0);
    }

    [Fact]
    public async Task GetSnapshot_WorkerDraining_HasNoOffer()
    {
        WorkerSession session = await Worker(_workerId).RegisterAsync(_registration);
        await SeeAsync("one offer", 1);

        await Worker(_workerId).HeartbeatAsync(Sample.Heartbeat(_registration, session.Epoch, draining: true));

        await SeeAsync("no offer", 0);
    }

    [Fact]
    public async Task GetSnapshot_WorkerSilent_LosesItsOfferByTheWorkersTimer()
    {
        await Worker(_workerId).RegisterAsync(_registration);
        await SeeAsync("one offer", 1);

        DateTimeOffset expires = Now + TimeSpan.FromSeconds(30);

        Silos.Clock.Advance(TimeSpan.FromSeconds(6));

        // The timer may have looked when the first of these seconds had passed; it does so again a second after that.
        await Eventually.GetAsync("no offer", LookAgainAsync, snapshot => snapshot?.Offers.Count == 0);
        Assert.True(Now < expires, "The offer has gone by its time to live.");

        Task<MarketSnapshot?> LookAgainAsync()
        {
            Silos.Clock.Advance(TimeSpan.FromMilliseconds(50));
            return _market.GetSnapshotAsync(0);
        }
    }

    [Fact]
    public async Task GetSnapshot_BookLost_IsFilledByHeartbeatsUnderANewVersion()
    {
        WorkerSession session = await Worker(_workerId).RegisterAsync(_registration);
        MarketSnapshot before = await SeeAsync("one offer", 1);
        await Silos.Cluster.DeactivateAsync(_market);
        for (int i = 0; i < 4; i++)
        {
            Silos.Clock.Advance(TimeSpan.FromSeconds(3));
            await Worker(_workerId).HeartbeatAsync(Sample.Heartbeat(_registration, session.Epoch));
        }

        MarketSnapshot after = await SeeAsync("one offer again", 1);

        Assert.NotEqual(before.Version, after.Version);
    }

    private async Task<MarketSnapshot> SeeAsync(string expected, int offers) =>
        (await Eventually.GetAsync(expected, () => _market.GetSnapshotAsync(0), snapshot => snapshot?.Offers.Count == offers))!;
}
