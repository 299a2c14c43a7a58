using System.Text.Json;
using CocoonOrleans.Tunnel.Handshakes;
using CocoonOrleans.Tunnel.Messages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CocoonOrleans.Tunnel.Dialing;

/// <summary>Adds the worker's side of tunnels.</summary>
public static class TunnelDialingExtensions
{
    /// <summary>
    /// Makes Kestrel serve HTTP/2 on connections that it dials, one to each gateway. The caller registers <see cref="Trust.TunnelIdentity"/> and <see
    /// cref="DialingOptions"/>, and maps <see cref="MapTunnelControl"/>.
    /// </summary>
    /// <param name="services">Where it is added.</param>
    /// <param name="gateways">The gateways to dial.</param>
    public static IServiceCollection AddTunnelDialing(this IServiceCollection services, Func<IServiceProvider, IEnumerable<GatewayEndPoint>> gateways)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new GatewayLinks(gateways(provider)));
        services.AddSingleton<IConnectionListenerFactory, DialingListenerFactory>();
        services.AddOptions<KestrelServerOptions>().Configure<GatewayLinks>(Configure);
        return services;
    }

    /// <summary>Maps what the gateway says about the tunnel itself: that the worker is admitted, and why a tunnel is closed.</summary>
    public static void MapTunnelControl(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost(TunnelRoutes.Session, static context => ReceiveAsync(context, TunnelJson.Default.SessionAdmission,
            static (tunnel, admission) => tunnel.Link.IsAdmitted(admission)));
        endpoints.MapPost(TunnelRoutes.Goodbye, static context => ReceiveAsync<TunnelRefusal>(context, TunnelJson.Default.TunnelRefusal,
            static (tunnel, refusal) => tunnel.Goodbye = refusal));
    }

    private static void Configure(KestrelServerOptions kestrel, GatewayLinks links)
    {
        KestrelServerLimits limits = kestrel.Limits;
        // One slow stream must not end the tunnel of all: the default rate aborts the whole connection.
        limits.MinRequestBodyDataRate = null;
        limits.MinResponseDataRate = null;
        limits.MaxRequestBodySize = TunnelProtocol.MaxPayloadBytes;
        // The gateway's pings hold a tunnel open once it has sent its first request; one that never speaks is given up.
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(30);
        // A gateway that froze, or a path that is gone, is noticed from here as well.
        limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(5);
        limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(10);
        // Far above the gateway's own limit on jobs: streams whose handlers have not noticed their cancellation yet count as well, and too many end the tunnel.
        limits.Http2.MaxStreamsPerConnection = 8 * TunnelProtocol.MaxJobs;
        // Uploads that nobody reads yet must not use up the window of the connection.
        limits.Http2.InitialStreamWindowSize = StreamWindowBytes;
        limits.Http2.InitialConnectionWindowSize = TunnelProtocol.MaxJobs * StreamWindowBytes;
        foreach (GatewayLink link in links.All)
            kestrel.Listen(link.EndPoint, listen => listen.Protocols = HttpProtocols.Http2);
    }

    private const int StreamWindowBytes = 64 << 10;

    private static async Task ReceiveAsync<T>(HttpContext context, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, Action<DialedConnection, T> take)
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        try
        {
            T? message = await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted);
            if (message is null || context.Features.Get<DialedConnection>() is not { } tunnel)
                return;
            take(tunnel, message);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        catch (JsonException)
        {
            // 400
        }
    }
}
