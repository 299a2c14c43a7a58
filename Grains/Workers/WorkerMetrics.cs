using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace CocoonOrleans.Grains.Workers;

/// <summary>The gauge <c>cocoon.worker.slots</c>: slots of the workers whose grains are on this silo, by worker and state (<c>free</c>, <c>taken</c>).</summary>
internal sealed class WorkerMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "CocoonOrleans.Workers";

    private readonly ConcurrentDictionary<string, (int Free, int Taken)> _slots = new();

    public WorkerMetrics(IMeterFactory meters) =>
        meters.Create(MeterName).CreateObservableGauge("cocoon.worker.slots", Measure, "{slot}", "Slots of online workers.");

    public void Set(string workerId, int free, int taken) => _slots[workerId] = (free, taken);

    public void Remove(string workerId) => _slots.TryRemove(workerId, out _);

    private IEnumerable<Measurement<int>> Measure()
    {
        foreach ((string worker, (int free, int taken)) in _slots)
        {
            yield return new Measurement<int>(free, new("worker", worker), new("state", "free"));
            yield return new Measurement<int>(taken, new("worker", worker), new("state", "taken"));
        }
    }
}
