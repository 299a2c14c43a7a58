using CocoonOrleans.Market.Offers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Placement;

namespace CocoonOrleans.Grains.Markets;

/// <summary>The book of one model. Nothing is stored: workers fill a new one within a third of an offer's time to live.</summary>
[Reentrant, HashBasedPlacement]
internal sealed partial class ModelMarketGrain(
    IOptions<MarketOptions> options,
    TimeProvider clock,
    MarketMetrics metrics,
    ILogger<ModelMarketGrain> logger) : Grain, IModelMarketGrain
{
    private readonly OfferBook _book = new(options.Value.OfferTtl, options.Value.MaxOffers, clock.GetUtcNow());

    private string Key => this.GetPrimaryKeyString();

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        metrics.Remove(Key);
        return Task.CompletedTask;
    }

    public Task PublishAsync(Offer offer, long epoch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(offer);
        DateTimeOffset now = clock.GetUtcNow();
        _book.RemoveExpired(now);
        if (!_book.Publish(offer, epoch, now))
        {
            LogFull(Key, offer.WorkerId);
        }

        metrics.Set(Key, _book.Count);
        return Task.CompletedTask;
    }

    public Task WithdrawAsync(string workerId, long epoch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(workerId);
        _book.Withdraw(workerId, epoch);
        metrics.Set(Key, _book.Count);
        return Task.CompletedTask;
    }

    public Task<MarketSnapshot?> GetSnapshotAsync(long knownVersion, CancellationToken cancellationToken)
    {
        _book.RemoveExpired(clock.GetUtcNow());
        metrics.Set(Key, _book.Count);
        MarketSnapshot snapshot = _book.Snapshot();
        return Task.FromResult(snapshot.Version == knownVersion ? null : snapshot);
    }
}
