using System.Diagnostics.Metrics;

namespace CocoonOrleans.Grains.Sweeping;

/// <summary>The counters <c>cocoon.sweeper.recovered</c>, by kind (<c>hold</c>, <c>usage</c>), and <c>cocoon.ledger.invariant.violations</c>, by rule.</summary>
internal sealed class SweeperMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "CocoonOrleans.Sweeping";

    private readonly Counter<long> _recovered;
    private readonly Counter<long> _violations;

    public SweeperMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create(MeterName);
        _recovered = meter.CreateCounter<long>("cocoon.sweeper.recovered", "{item}", "What sweepers put right.");
        _violations = meter.CreateCounter<long>("cocoon.ledger.invariant.violations", "{violation}", "Broken rules of the book; alert at 1.");
    }

    public void Released(int holds) => Recovered(holds, "hold");

    public void Drained(int events) => Recovered(events, "usage");

    public void Violated(string invariant) => _violations.Add(1, new KeyValuePair<string, object?>("kind", invariant));

    private void Recovered(int items, string kind)
    {
        if (items > 0)
        {
            _recovered.Add(items, new KeyValuePair<string, object?>("kind", kind));
        }
    }
}
