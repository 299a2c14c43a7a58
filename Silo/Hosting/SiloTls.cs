using CocoonOrleans.ClusterTls;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace CocoonOrleans.Silo.Hosting;

/// <summary>Mutual TLS between silos, and between silos and gateways.</summary>
public static class SiloTls
{
    /// <summary>Lets in other silos, and gateways at the clients' port; nobody else. Does nothing where the options name no certificate.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="options">Where the certificates are.</param>
    public static ISiloBuilder UseClusterTls(this ISiloBuilder silo, ClusterTlsOptions options)
    {
        ArgumentNullException.ThrowIfNull(silo);
        ArgumentNullException.ThrowIfNull(options);
        if (options.IsOn)
        {
            silo.Services.AddClusterTls(options);
            silo.Services.AddSingleton<IConfigureOptions<SiloConnectionOptions>>(services => new ConfigureNamedOptions<SiloConnectionOptions>(Options.DefaultName, connections =>
            {
                connections.ConfigureSiloInboundConnection(connection => connection.UseClusterTls(services, isServer: true, ClusterRole.Silo));
                connections.ConfigureSiloOutboundConnection(connection => connection.UseClusterTls(services, isServer: false, ClusterRole.Silo));
                connections.ConfigureGatewayInboundConnection(connection => connection.UseClusterTls(services, isServer: true, ClusterRole.Silo, ClusterRole.Gateway));
            }));
        }

        return silo;
    }
}
