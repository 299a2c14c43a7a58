using System.Collections.Concurrent;

namespace CocoonOrleans.Tests.Cluster;

/// <summary>Sees every call of one of our grains on every silo: who called whom, and how many belong to a flow that was marked.</summary>
public sealed class CallRecorder : IIncomingGrainCallFilter
{
    public const string FlowKey = "recorded-flow";
    private const string Ours = "CocoonOrleans.";

    private readonly ConcurrentDictionary<(string Caller, string Callee), int> _edges = new();
    private readonly ConcurrentQueue<(string Flow, string Call)> _flows = new();

    /// <summary>Grain types (as in <c>GrainId</c>) that called grain types; clients are <c>client</c>.</summary>
    public IReadOnlySet<(string Caller, string Callee)> Edges => _edges.Keys.ToHashSet();

    public IReadOnlyList<string> CallsOf(string flow) => [.. _flows.Where(call => call.Flow == flow).Select(call => call.Call)];

    public Task Invoke(IIncomingGrainCallContext context)
    {
        if (context.InterfaceName.StartsWith(Ours, StringComparison.Ordinal))
        {
            string caller = context.SourceId is { } source && !source.IsClient() && !source.IsSystemTarget() ? source.Type.ToString()! : "client";
            string callee = context.TargetId.Type.ToString()!;
            _edges.AddOrUpdate((caller, callee), 1, (_, count) => count + 1);
            if (RequestContext.Get(FlowKey) is string flow)
            {
                _flows.Enqueue((flow, $"{callee}.{context.MethodName}"));
            }
        }

        return context.Invoke();
    }
}
