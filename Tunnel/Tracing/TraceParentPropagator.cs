using System.Diagnostics;

namespace CocoonOrleans.Tunnel.Tracing;

/// <summary>
/// Takes and tells which trace a request belongs to (W3C Trace Context, <c>traceparent</c>), and nothing else: what a caller puts into <c>tracestate</c> or
/// <c>baggage</c> may say who it is, and belongs neither into a trace nor to a worker, which is another party's.
/// </summary>
public sealed class TraceParentPropagator : DistributedContextPropagator
{
    private const string TraceParent = "traceparent";

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> Fields { get; } = [TraceParent];

    /// <inheritdoc/>
    public override void Inject(Activity? activity, object? carrier, PropagatorSetterCallback? setter)
    {
        if (activity is { IdFormat: ActivityIdFormat.W3C, Id: { } id })
        {
            setter?.Invoke(carrier, TraceParent, id);
        }
    }

    /// <summary>Reads the trace; never a state.</summary>
    public override void ExtractTraceIdAndState(object? carrier, PropagatorGetterCallback? getter, out string? traceId, out string? traceState)
    {
        traceId = null;
        traceState = null;
        getter?.Invoke(carrier, TraceParent, out traceId, out _);
    }

    /// <summary>Never any.</summary>
    public override IEnumerable<KeyValuePair<string, string?>>? ExtractBaggage(object? carrier, PropagatorGetterCallback? getter) => null;
}
