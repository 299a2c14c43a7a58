using System.Diagnostics.Metrics;

namespace CocoonOrleans.Tests.Inference.Native;

/// <summary>Meters of one test, apart from those of every other.</summary>
public sealed class TestMeters : IMeterFactory
{
    private readonly List<Meter> _meters = [];

    public Meter Create(MeterOptions options)
    {
        options.Scope = this;
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    public void Dispose() => _meters.ForEach(meter => meter.Dispose());
}
