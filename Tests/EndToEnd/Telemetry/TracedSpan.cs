namespace CocoonOrleans.Tests.EndToEnd.Telemetry;

/// <summary>What a collector saw of one span.</summary>
/// <param name="Service">The kind of process.</param>
/// <param name="Name">Its name.</param>
/// <param name="TraceId">The trace, hex.</param>
/// <param name="SpanId">The span, hex.</param>
/// <param name="ParentId">Its parent, hex; empty for the first.</param>
internal sealed record TracedSpan(string Service, string Name, string TraceId, string SpanId, string ParentId);
