using CocoonOrleans.Tunnel.Handshakes;

namespace CocoonOrleans.Tunnel.Dialing;

/// <summary>A dialled tunnel was refused, by the gateway or by our own judgement of it.</summary>
internal sealed class TunnelRefusedException(TunnelRefusal refusal) : Exception(refusal.Message)
{
    public TunnelRefusal Refusal { get; } = refusal;
}
