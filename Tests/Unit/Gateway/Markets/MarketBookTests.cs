using CocoonOrleans.Gateway.Markets;
using CocoonOrleans.Grains.Markets;
using CocoonOrleans.Market.Clearing;
using CocoonOrleans.Market.Offers;
using CocoonOrleans.Market.Prices;
using CocoonOrleans.Sealing.Statements;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Unit.Gateway.Markets;

public sealed class MarketBookTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Dictionary<string, TrustTier> _connected = new() { ["a"] = TrustTier.Open, ["b"] = TrustTier.Open };
    private readonly MarketBook _book;

    public MarketBookTests()
    {
        _book = new MarketBook(worker => _connected.TryGetValue(worker, out TrustTier tier) ? new WorkerSight(tier) : null, 10, new SpreadOptions(), _time);
        _book.Update("m/0", Snapshot(1, ("a", 4, 2)));
    }

    [Fact]
    public void Offers_WorkerWithoutATunnelHere_IsLeftOut()
    {
        _book.Update("m/0", Snapshot(2, ("a", 4, 2), ("stranger", 4, 4)));

        Assert.Equal("a", Assert.Single(_book.Offers()).WorkerId);
    }

    [Fact]
    public void Offers_BookThatIsBuiltAnew_KeepsThoseOfTheLastOneUntilItIsComplete()
    {
        _book.Update("m/0", Snapshot(2, ("a", 4, 2), ("b", 4, 4)));

        // Its silo was lost: of the two only one has renewed its offer yet, at other terms.
        _book.Update("m/0", Snapshot(3, ("b", 3, 3)) with { IsRebuilding = true });
        Assert.Equal([("a", 4), ("b", 3)], _book.Offers().Select(offer => (offer.WorkerId, offer.Slots)).Order());

        _connected.Remove("a");
        _book.Update("m/0", Snapshot(4, ("b", 3, 3)) with { IsRebuilding = true });
        Assert.Equal("b", Assert.Single(_book.Offers()).WorkerId);

        _connected["a"] = TrustTier.Open;
        _book.Update("m/0", Snapshot(5, ("b", 3, 3)));
        Assert.Equal("b", Assert.Single(_book.Offers()).WorkerId);
    }

    [Fact]
    public void Offers_SlotTaken_HasOneLess()
    {
        _book.Take("a");

        Assert.Equal(1, Free());
    }

    [Fact]
    public void Offers_SlotTakenAndReturned_HasAllAgain()
    {
        _book.Take("a");
        _book.Return("a", TimeSpan.FromSeconds(1));

        Assert.Equal(2, Free());
    }

    [Fact]
    public void Offers_UnchangedSnapshot_KeepsWhatWasTaken()
    {
        _book.Take("a");
        _book.Update("m/0", null);

        Assert.Equal(1, Free());
    }

    [Fact]
    public void Offers_NewSnapshot_IsBelievedButNeverAboveOwnSlots()
    {
        _book.Take("a");
        _book.Update("m/0", Snapshot(2, ("a", 4, 4)));

        Assert.Equal(3, Free());
    }

    [Fact]
    public void Offers_Refused_CountsAsBusyForASecond()
    {
        _book.Take("a");
        _book.Refused("a");

        Assert.Equal(0, Free());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, Free());
    }

    [Fact]
    public void Offers_TwoShards_AreOneBook()
    {
        _book.Update("m/1", Snapshot(1, ("b", 1, 1)));

        Assert.Equal(["a", "b"], _book.Offers().Select(offer => offer.WorkerId).Order());
        Assert.Equal(1, _book.VersionOf("m/1"));
    }

    [Fact]
    public async Task Return_JobWaits_IsCalled()
    {
        using WaitingRoom.Ticket ticket = _book.Room.TryEnter()!;
        Task waiting = ticket.WaitAsync(CancellationToken.None);
        _book.Take("a");
        _book.Return("a", TimeSpan.FromSeconds(1));

        await waiting.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Update_FreeSlots_CallWaitingJobs()
    {
        using WaitingRoom.Ticket ticket = _book.Room.TryEnter()!;
        Task waiting = ticket.WaitAsync(CancellationToken.None);
        _book.Update("m/0", null);

        await waiting.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void Age_SinceTheLastAnswer_Grows()
    {
        _time.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal(TimeSpan.FromSeconds(6), _book.Age);
    }

    [Theory]
    [InlineData(null, 3, 0)]
    [InlineData(TrustTier.Simulated, 3, 0)]
    [InlineData(TrustTier.Open, 2, 1)]
    [InlineData(TrustTier.Tdx, 1, 2)]
    [InlineData(TrustTier.Confidential, 0, 3)]
    public void Clear_MinimumTier_CountsWhoIsBelowIt(TrustTier? minimum, int eligible, int below)
    {
        (_connected["a"], _connected["b"], _connected["c"]) = (TrustTier.Simulated, TrustTier.Open, TrustTier.Tdx);
        _book.Update("m/0", Snapshot(2, ("a", 4, 4), ("b", 4, 4), ("c", 4, 4)));
        var price = new TokenPrices(new(9), new(9), new(9));

        ClearingResult result = _book.Clear(new ClearingRequest(Guid.CreateVersion7(), 1, 1, 1, price, new HashSet<string>()) { MinimumTier = (int)(minimum ?? TrustTier.Simulated) });

        Assert.Equal((eligible, below), (result.Eligible, result.Exclusions.Tier));
        Assert.Equal([TrustTier.Simulated, TrustTier.Open, TrustTier.Tdx], _book.Tiers());
    }

    [Fact]
    public void Clear_ForOneWorkerAlone_KeepsThePriceOfTheWholeMarket()
    {
        _book.Update("m/0", new MarketSnapshot(2, [new BookOffer(Asks("a", 10), 1), new BookOffer(Asks("b", 14), 1)]));
        var request = new ClearingRequest(Guid.NewGuid(), 1_000_000, 0, 1, Price(20), new HashSet<string>());

        var (all, alone, none) = (_book.Clear(request), _book.Clear(request with { Able = new HashSet<string> { "a" } }), _book.Clear(request with { Able = new HashSet<string> { "c" } }));

        Assert.Equal(("a", Price(14)), (all.Best!.Offer.WorkerId, all.Best.Price));
        Assert.Equal(("a", Price(14), 1), (alone.Best!.Offer.WorkerId, alone.Best.Price, alone.Eligible));
        Assert.Equal((null, 2), (none.Best, none.Exclusions.Excluded));

        Offer Asks(string worker, long nano) => new(worker, $"provider of {worker}", "m", new string('0', 64), 1000, Price(nano), 4, 4);
    }

    private static TokenPrices Price(long nano) => new(new(nano), new(nano), new(nano));

    private int Free() => Assert.Single(_book.Offers()).FreeSlots;

    private static MarketSnapshot Snapshot(long version, params (string Worker, int Slots, int Free)[] workers) => new(
        version,
        [.. workers.Select(worker => new BookOffer(
            new Offer(worker.Worker, "provider", "m", new string('0', 64), 1000, new TokenPrices(new(1), new(1), new(1)), worker.Slots, worker.Free), 1))]);
}
