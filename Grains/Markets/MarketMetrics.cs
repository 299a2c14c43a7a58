using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace CocoonOrleans.Grains.Markets;

/// <summary>The gauge <c>cocoon.market.offers</c>: offers in the books on this silo, by model.</summary>
internal sealed class MarketMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "CocoonOrleans.Markets";

    private readonly ConcurrentDictionary<string, int> _offers = new();

    public MarketMetrics(IMeterFactory meters) =>
        meters.Create(MeterName).CreateObservableGauge(
            "cocoon.market.offers",
            () => _offers.Select(book => new Measurement<int>(book.Value, new KeyValuePair<string, object?>("model", book.Key))),
            "{offer}",
            "Offers that are alive.");

    public void Set(string model, int offers) => _offers[model] = offers;

    public void Remove(string model) => _offers.TryRemove(model, out _);
}
