namespace CocoonOrleans.Tunnel.Dialing;

/// <summary>Where a worker stands with one of its gateways.</summary>
public enum GatewayLinkState
{
    /// <summary>It dials, or waits to dial again.</summary>
    Dialing,

    /// <summary>The gateway said no; the worker tries again after a wait.</summary>
    Refused,

    /// <summary>The tunnel is up; the gateway has not registered the worker yet.</summary>
    Connected,

    /// <summary>The worker is registered: jobs may come.</summary>
    Admitted,
}
