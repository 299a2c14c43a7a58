using System.Collections.Concurrent;

namespace CocoonOrleans.Tests.Cluster;

/// <summary>Sees every call of one of our grains on every silo: who called whom, and how many belong to a flow that was marked.</summary>
public sealed class CallRecorder : IIncomingGrainCallFilter
{
    public const string FlowKey = "recorded-flow";
    private const string Ours = "CocoonOrleans.";

    private readonly ConcurrentDictionary<(string Caller, string Callee), int> _edges = new();
    private readonly ConcurrentDictionary<string, int> _counts = new();
    private readonly ConcurrentQueue<(string Flow, string Call)> _flows = new();

    /// <summary>Grain types (as in <c>GrainId</c>) that called grain types; clients are <c>client</c>.</summary>
    public IReadOnlySet<(string Caller, string Callee)> Edges => _edges.Keys.ToHashSet();

    /// <summary>How often each method was called, as <c>grain.Method</c>.</summary>
    public IReadOnlyDictionary<string, int> Counts => _counts.ToDictionary();

    /// <summary>Waits until a method was called so often: what nobody waits for at the end of an answer comes a little after it.</summary>
    public Task SettleAsync(string call, int count) => Eventually.GetAsync($"{count} times {call}", () => Task.FromResult(_counts.GetValueOrDefault(call)), seen => seen >= count);

    public IReadOnlyList<string> CallsOf(string flow) => [.. _flows.Where(call => call.Flow == flow).Select(call => call.Call)];

    public Task Invoke(IIncomingGrainCallContext context)
    {
        if (context.InterfaceName.StartsWith(Ours, StringComparison.Ordinal))
        {
            string caller = context.SourceId is { } source && !source.IsClient() && !source.IsSystemTarget() ? source.Type.ToString()! : "client";
            string callee = context.TargetId.Type.ToString()!;
            _edges.AddOrUpdate((caller, callee), 1, (_, count) => count + 1);
            _counts.AddOrUpdate($"{callee}.{context.MethodName}", 1, (_, count) => count + 1);
            if (RequestContext.Get(FlowKey) is string flow)
            {
                _flows.Enqueue((flow, $"{callee}.{context.MethodName}"));
            }
        }

        return context.Invoke();
    }
}
