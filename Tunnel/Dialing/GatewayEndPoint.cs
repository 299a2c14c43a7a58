using System.Net;
using CocoonOrleans.Tunnel.Trust;

namespace CocoonOrleans.Tunnel.Dialing;

/// <summary>A gateway to dial.</summary>
/// <param name="host">Name or address.</param>
/// <param name="port">TCP port, 1 to 65535.</param>
/// <param name="trust">Judges the gateway's key.</param>
public sealed class GatewayEndPoint(string host, int port, ITunnelTrust trust) : EndPoint
{
    /// <summary>Name or address.</summary>
    public string Host { get; } = host;

    /// <summary>TCP port.</summary>
    public int Port { get; } = port;

    /// <summary>Judges the gateway's key.</summary>
    public ITunnelTrust Trust { get; } = trust;

    /// <summary>Host and port.</summary>
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
