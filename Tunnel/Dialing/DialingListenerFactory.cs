using System.Net;
using CocoonOrleans.Tunnel.Trust;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Tunnel.Dialing;

/// <summary>Gives Kestrel a <see cref="DialingListener"/> for each <see cref="GatewayEndPoint"/>; other endpoints keep their normal transport.</summary>
internal sealed class DialingListenerFactory(
    GatewayLinks links,
    TunnelIdentity identity,
    DialingOptions options,
    IMemoryPoolFactory<byte> pools,
    TimeProvider time,
    ILogger<DialingListener> logger,
    IGatewayCheck? check = null) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private readonly DialingHandshake _handshake = new(identity, options, check);

    public bool CanBind(EndPoint endpoint) => endpoint is GatewayEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        GatewayLink link = links.Of((GatewayEndPoint)endpoint);
        return new(new DialingListener(link, _handshake, options, pools.Create(), time, Random.Shared, logger));
    }
}
