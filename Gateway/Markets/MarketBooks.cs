using System.Collections.Concurrent;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Gateway.Models;
using CocoonOrleans.Gateway.Workers;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Gateway.Markets;

/// <summary>The books of all models in the catalogue.</summary>
public sealed class MarketBooks(ModelCatalog catalog, WorkerConnections workers, IOptions<GatewayOptions> options, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, MarketBook> _books = new(StringComparer.Ordinal);

    /// <summary>The book of a model in the catalogue.</summary>
    public MarketBook Of(string model) => _books.GetOrAdd(model, name => new MarketBook(worker => SightOf(worker, name), options.Value.Dispatch.MaxWaitingPerModel, options.Value.Spread, time));

    /// <summary>Model and book of the whole catalogue.</summary>
    public IReadOnlyList<(string Model, MarketBook Book)> All() => [.. catalog.Models.Keys.Order(StringComparer.Ordinal).Select(model => (model, Of(model)))];

    private WorkerSight? SightOf(string worker, string model) =>
        workers.Find(worker) is { } connection && connection.Serves(model) is not null && connection.Seal.Tier is { } tier
            ? new WorkerSight(tier, connection.Seal.Statement?.Bound.Statement.Quantisation ?? "")
            : null;
}
