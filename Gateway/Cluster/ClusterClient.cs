using System.Net;
using CocoonOrleans.ClusterTls;
using CocoonOrleans.Market.Configuration;
using CocoonOrleans.Telemetry;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Messaging;

namespace CocoonOrleans.Gateway.Cluster;

/// <summary>Makes the gateway a client of the cluster.</summary>
public static class ClusterClient
{
    private const int DefaultGatewayPort = 30000;

    /// <summary>The list is in memory (<see cref="LiveGateways"/>): looking costs nothing.</summary>
    private static readonly TimeSpan ListRefresh = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan ConnectPause = TimeSpan.FromMilliseconds(500);

    /// <summary>Adds the client; section <c>Cluster</c>. It connects in the background and again whenever the silos were away.</summary>
    /// <exception cref="OptionsValidationException">A setting is wrong.</exception>
    public static IHostApplicationBuilder AddClusterClient(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddStrictOptions<ClusterOptions>(builder.Configuration.GetSection(ClusterOptions.Section));
        ClusterOptions options = Read(builder);
        bool traced = builder.AddTelemetry("cocoon-gateway");
        builder.UseOrleansClient(client =>
        {
            if (traced)
            {
                client.AddActivityPropagation();
            }

            // Both ids: with one of them left out, the silos drop the client in silence.
            client.Configure<Orleans.Configuration.ClusterOptions>(cluster => (cluster.ServiceId, cluster.ClusterId) = (options.ServiceId, options.ClusterId));
            var gateways = new LiveGateways(SeedsOf(options));
            client.Services.AddSingleton(gateways).AddSingleton<IGatewayListProvider>(gateways);
            client.AddGatewayCountChangedHandler((_, change) =>
            {
                if (change.NumberOfConnectedGateways < change.PreviousNumberOfConnectedGateways)
                {
                    gateways.TellThatOneLeft();
                }
            });
            client.Configure<GatewayOptions>(gateway => gateway.GatewayListRefreshPeriod = ListRefresh);
            UseTls(client, options.Tls);
            client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = options.ResponseTimeout);
            client.UseConnectionRetryFilter(static async (_, cancellationToken) =>
            {
                await Task.Delay(ConnectPause, TimeProvider.System, cancellationToken);
                return true;
            });
        });
        builder.Services.AddSingleton<GrainCalls>();
        builder.Services.AddHostedService<SiloWatch>();
        return builder;
    }

    private static IReadOnlyList<EndPoint> SeedsOf(ClusterOptions options)
    {
        if (options.Silos.Count > 0)
        {
            return [.. options.Silos.Select(static silo => ClusterOptions.TryParse(silo, out DnsEndPoint? named) ? named! : throw new InvalidOperationException("The silos were not validated."))];
        }

        int[] ports = options.GatewayPorts.Count == 0 ? [DefaultGatewayPort] : [.. options.GatewayPorts];
        return [.. ports.Select(static port => new IPEndPoint(IPAddress.Loopback, port))];
    }

    private static void UseTls(IClientBuilder client, ClusterTlsOptions options)
    {
        if (options.IsOn)
        {
            client.Services.AddClusterTls(options);
            client.Services.AddSingleton<IConfigureOptions<ClientConnectionOptions>>(services => new ConfigureNamedOptions<ClientConnectionOptions>(
                Options.DefaultName, connections => connections.ConfigureConnection(connection => connection.UseClusterTls(services, isServer: false, ClusterRole.Silo))));
        }
    }

    /// <summary>Reads what must be known before the host is built, by the same rules as all other options.</summary>
    private static ClusterOptions Read(IHostApplicationBuilder builder)
    {
        var services = new ServiceCollection();
        services.AddStrictOptions<ClusterOptions>(builder.Configuration.GetSection(ClusterOptions.Section));
        using ServiceProvider provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<ClusterOptions>>().Value;
    }
}
