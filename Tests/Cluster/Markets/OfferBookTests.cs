using CocoonOrleans.Grains.Markets;
using CocoonOrleans.Market.Offers;

namespace CocoonOrleans.Tests.Cluster.Markets;

public sealed class OfferBookTests
{
    private static readonly TimeSpan TimeToLive = TimeSpan.FromSeconds(30);
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly OfferBook _book = new(TimeToLive, 3, Start);

    [Fact]
    public void Snapshot_AfterEachChange_HasAnotherVersion()
    {
        var versions = new List<long> { _book.Snapshot().Version };
        _book.Publish(Offer("a"), 1, Start);
        versions.Add(_book.Snapshot().Version);
        _book.Publish(Offer("a") with { FreeSlots = 1 }, 1, Start);
        versions.Add(_book.Snapshot().Version);
        _book.Publish(Offer("a") with { FreeSlots = 1 }, 2, Start);
        versions.Add(_book.Snapshot().Version);
        _book.Withdraw("a", 2);
        versions.Add(_book.Snapshot().Version);

        Assert.Equal(5, versions.Distinct().Count());
    }

    [Fact]
    public void Publish_Unchanged_RenewsWithoutANewVersion()
    {
        _book.Publish(Offer("a"), 1, Start);
        _book.RemoveExpired(Start + TimeSpan.FromSeconds(20));
        MarketSnapshot before = _book.Snapshot();

        _book.Publish(Offer("a"), 1, Start + TimeSpan.FromSeconds(29));
        _book.RemoveExpired(Start + TimeSpan.FromSeconds(58));

        Assert.Same(before, _book.Snapshot());
    }

    [Fact]
    public void Snapshot_UntilEveryWorkerMustHaveRenewed_IsRebuilding()
    {
        MarketSnapshot fresh = _book.Snapshot();
        _book.RemoveExpired(Start + TimeSpan.FromSeconds(10));
        Assert.Same(fresh, _book.Snapshot());
        Assert.True(fresh.IsRebuilding);

        _book.RemoveExpired(Start + TimeSpan.FromSeconds(11));

        Assert.False(_book.Snapshot().IsRebuilding);
        Assert.NotEqual(fresh.Version, _book.Snapshot().Version);
    }

    [Fact]
    public void RemoveExpired_NotRenewed_LeavesTheBook()
    {
        _book.Publish(Offer("a"), 1, Start);
        _book.RemoveExpired(Start + TimeToLive);

        Assert.Empty(_book.Snapshot().Offers);
    }

    [Fact]
    public void Publish_OlderSession_ChangesNothing()
    {
        _book.Publish(Offer("a"), 2, Start);
        _book.Publish(Offer("a") with { FreeSlots = 0 }, 1, Start);

        Assert.Equal([new BookOffer(Offer("a"), 2)], _book.Snapshot().Offers);
    }

    [Fact]
    public void Withdraw_OlderSession_ChangesNothing()
    {
        _book.Publish(Offer("a"), 2, Start);
        _book.Withdraw("a", 1);

        Assert.Single(_book.Snapshot().Offers);
    }

    [Fact]
    public void Publish_BookFull_IsRefusedButRenewalsGoOn()
    {
        Assert.All(["a", "b", "c"], worker => Assert.True(_book.Publish(Offer(worker), 1, Start)));

        Assert.False(_book.Publish(Offer("d"), 1, Start));
        Assert.True(_book.Publish(Offer("c"), 2, Start));
    }

    [Fact]
    public void Snapshot_OfABookMadeLater_HasAVersionThatWasNeverThere()
    {
        _book.Publish(Offer("a"), 1, Start);
        var rebuilt = new OfferBook(TimeToLive, 3, Start + TimeSpan.FromMilliseconds(1));
        rebuilt.Publish(Offer("b"), 1, Start);

        Assert.NotEqual(_book.Snapshot().Version, rebuilt.Snapshot().Version);
    }

    private static Offer Offer(string worker) => new(worker, "prov-1", Sample.Model, Sample.Manifest, 4096, Sample.Price, 4, 4);
}
