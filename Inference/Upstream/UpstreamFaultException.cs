namespace CocoonOrleans.Inference.Upstream;

/// <summary>Carries a fault up to the engine. The message is for the operator; nothing that the upstream wrote is in it, since that may be the prompt.</summary>
internal sealed class UpstreamFaultException(UpstreamFault fault, string message) : Exception(message)
{
    public UpstreamFault Fault { get; } = fault;
}
