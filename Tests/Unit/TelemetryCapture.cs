using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace CocoonOrleans.Tests.Unit;

/// <summary>Everything that this process measures and traces while it listens, with all tags: what an exporter would send away. Other tests' are among it.</summary>
public sealed class TelemetryCapture : IDisposable
{
    private readonly ConcurrentQueue<string> _seen = [];
    private readonly MeterListener _meters = new();
    private readonly ActivityListener _activities;

    public TelemetryCapture()
    {
        _meters.InstrumentPublished = static (instrument, listener) => listener.EnableMeasurementEvents(instrument);
        _meters.SetMeasurementEventCallback<byte>(Note);
        _meters.SetMeasurementEventCallback<short>(Note);
        _meters.SetMeasurementEventCallback<int>(Note);
        _meters.SetMeasurementEventCallback<long>(Note);
        _meters.SetMeasurementEventCallback<float>(Note);
        _meters.SetMeasurementEventCallback<double>(Note);
        _meters.SetMeasurementEventCallback<decimal>(Note);
        _meters.Start();
        _activities = new ActivityListener
        {
            ShouldListenTo = static _ => true,
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => _seen.Enqueue(
                $"trace {activity.Source.Name} {activity.DisplayName} {activity.StatusDescription} {Text(activity.TagObjects)} {Text(activity.Baggage.Select(item => KeyValuePair.Create(item.Key, (object?)item.Value)))}"
                + string.Concat(activity.Events.Select(happened => $" {happened.Name} {Text(happened.Tags)}"))),
        };
        ActivitySource.AddActivityListener(_activities);
    }

    /// <summary>What holds a text.</summary>
    public IReadOnlyList<string> Of(string text)
    {
        _meters.RecordObservableInstruments();
        return [.. _seen.Where(one => one.Contains(text, StringComparison.Ordinal))];
    }

    public void Dispose()
    {
        _meters.Dispose();
        _activities.Dispose();
    }

    private static string Text(IEnumerable<KeyValuePair<string, object?>> tags) => string.Join(' ', tags.Select(tag => $"{tag.Key}={tag.Value}"));

    private void Note<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
        where T : struct => _seen.Enqueue($"metric {instrument.Meter.Name} {instrument.Name} {value} {Text(tags.ToArray())}");
}
