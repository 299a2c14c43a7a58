using CocoonOrleans.Market.Offers;
using Orleans.CodeGeneration;

namespace CocoonOrleans.Grains.Markets;

/// <summary>
/// The open book of one model (<c>model/shard</c>): offers and load. Soft state, rebuilt from the workers' heartbeats after a loss. Reentrant;
/// gateways read snapshots about once a second and clear on them by themselves.
/// </summary>
[Alias("cocoon.ModelMarket"), Version(1)]
public interface IModelMarketGrain : IGrainWithStringKey
{
    /// <summary>Puts a worker's offer into the book or renews it; an offer that isn't renewed within its time to live leaves by itself.</summary>
    [Alias("Publish")]
    Task PublishAsync(Offer offer, long epoch, CancellationToken cancellationToken = default);

    /// <summary>Takes a worker's offer out, unless a newer session has published since.</summary>
    [Alias("Withdraw")]
    Task WithdrawAsync(string workerId, long epoch, CancellationToken cancellationToken = default);

    /// <summary>The book, or null where it is still the version that the caller has.</summary>
    /// <param name="knownVersion">The version of the caller's snapshot; 0 for none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Alias("GetSnapshot")]
    Task<MarketSnapshot?> GetSnapshotAsync(long knownVersion, CancellationToken cancellationToken = default);
}
