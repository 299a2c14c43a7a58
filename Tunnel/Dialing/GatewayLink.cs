using CocoonOrleans.Tunnel.Handshakes;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.Tunnel.Dialing;

/// <summary>What a worker knows of one of its gateways. Thread-safe.</summary>
public sealed class GatewayLink
{
    private readonly TaskCompletionSource<SessionAdmission> _firstAdmission = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile LinkSnapshot _now = new(GatewayLinkState.Dialing, null, null);

    internal GatewayLink(GatewayEndPoint endPoint) => EndPoint = endPoint;

    /// <summary>The gateway.</summary>
    public GatewayEndPoint EndPoint { get; }

    /// <summary>Where the worker stands with it.</summary>
    public GatewayLinkState State => _now.State;

    /// <summary>Why the gateway last refused or closed the tunnel; null while all is well.</summary>
    public TunnelRefusal? Refusal => _now.Refusal;

    /// <summary>The epoch of the session; null unless admitted.</summary>
    public long? Epoch => _now.Epoch;

    /// <summary>Completes with the first admission.</summary>
    public Task<SessionAdmission> FirstAdmission => _firstAdmission.Task;

    // A refusal stays to be shown until a tunnel is up again.
    internal void Dials() => _now = new(GatewayLinkState.Dialing, _now.Refusal, null);

    internal void IsRefused(TunnelRefusal refusal) => _now = new(GatewayLinkState.Refused, refusal, null);

    internal void IsConnected() => _now = new(GatewayLinkState.Connected, null, null);

    internal void IsAdmitted(SessionAdmission admission)
    {
        _now = new(GatewayLinkState.Admitted, null, admission.Epoch);
        _firstAdmission.TrySetResult(admission);
    }

    private sealed record LinkSnapshot(GatewayLinkState State, TunnelRefusal? Refusal, long? Epoch);
}
