using CocoonOrleans.Gateway.Cluster;
using CocoonOrleans.Gateway.Models;
using CocoonOrleans.Grains.Markets;
using CocoonOrleans.Grains.Models;

namespace CocoonOrleans.Gateway.Markets;

/// <summary>Reads catalogue and markets about each second. While the cluster is away the last reading stays, and its age says so.</summary>
public sealed partial class MarketPoller(GrainCalls grains, ModelCatalog catalog, MarketBooks books, TimeProvider time, ILogger<MarketPoller> logger)
    : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private bool _failing;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            do
            {
                await PollAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The gateway stops.
        }
    }

    private async Task PollAsync(CancellationToken cancellationToken)
    {
        try
        {
            catalog.Update(await grains.Client.GetGrain<IModelCatalogGrain>(0).ListAsync(cancellationToken));
            await Task.WhenAll(books.All().Select(entry => PollAsync(entry.Model, entry.Book, cancellationToken)));
            if (_failing)
            {
                LogRecovered();
            }

            _failing = false;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            if (!_failing)
            {
                LogFailed(e.Message);
            }

            _failing = true;
        }
    }

    private Task PollAsync(string model, MarketBook book, CancellationToken cancellationToken) =>
        Task.WhenAll(MarketShard.KeysOf(model).Select(async shard =>
            book.Update(shard, await grains.Client.GetGrain<IModelMarketGrain>(shard).GetSnapshotAsync(book.VersionOf(shard), cancellationToken))));
}
