namespace CocoonOrleans.Tunnel.Handshakes;

/// <summary>The reasons for which a tunnel is refused or closed, as they stand on the wire.</summary>
public static class TunnelRefusalCodes
{
    /// <summary>The peers speak no common version of the protocol.</summary>
    public const string UnsupportedProtocol = "unsupported_protocol";

    /// <summary>The hello line is not what the protocol says.</summary>
    public const string BadHello = "bad_hello";

    /// <summary>The key is not pinned here.</summary>
    public const string KeyNotAllowed = "key_not_allowed";

    /// <summary>The gateway has as many tunnels as it may have.</summary>
    public const string TooManyTunnels = "too_many_tunnels";

    /// <summary>This worker has as many tunnels at this gateway as one worker may have.</summary>
    public const string TooManySessions = "too_many_sessions";

    /// <summary>A newer session of the same worker took over (its epoch is higher).</summary>
    public const string Fenced = "fenced";

    /// <summary>What the worker says it offers was not accepted.</summary>
    public const string RegistrationRefused = "registration_refused";

    /// <summary>What stands behind the worker's statement was not accepted.</summary>
    public const string EvidenceRefused = "evidence_refused";

    /// <summary>The worker, its machine or its image was revoked by the network's operator.</summary>
    public const string Revoked = "revoked";

    /// <summary>The network's registry on the chain doesn't list the worker's image, or a model of it.</summary>
    public const string NotListed = "not_listed";

    /// <summary>The network's registry on the chain can't be read, so no new worker is admitted.</summary>
    public const string RegistryUnreadable = "registry_unreadable";

    /// <summary>What the gateway states of itself was not accepted by the worker.</summary>
    public const string GatewayStatement = "gateway_statement";

    /// <summary>The gateway is going down.</summary>
    public const string Stopping = "stopping";
}
