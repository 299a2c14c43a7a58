using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CocoonOrleans.ClusterTls;

/// <summary>Puts mutual TLS under the connections of Orleans.</summary>
public static class ClusterTlsConnections
{
    /// <summary>Adds the certificates of this process.</summary>
    /// <param name="services">Where they are added.</param>
    /// <param name="options">Where they are; must be on.</param>
    public static IServiceCollection AddClusterTls(this IServiceCollection services, ClusterTlsOptions options) => services.AddSingleton(services =>
        new ClusterCertificates(options, Time(services), services.GetRequiredService<ILogger<ClusterCertificates>>()));

    /// <summary>Encrypts connections, and lets through only those whose other side has a certificate of the authority for one of these roles.</summary>
    /// <param name="connection">What is built for each connection.</param>
    /// <param name="services">Has the certificates.</param>
    /// <param name="isServer">Whether this side is called.</param>
    /// <param name="peers">Names of <see cref="ClusterRole"/>.</param>
    public static IConnectionBuilder UseClusterTls(this IConnectionBuilder connection, IServiceProvider services, bool isServer, params string[] peers)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(services);
        var tls = new TlsConnection(services.GetRequiredService<ClusterCertificates>(), isServer, peers, Time(services), services.GetRequiredService<ILogger<TlsConnection>>());
        return connection.Use(next => context => tls.RunAsync(context, next));
    }

    // Certificates and handshakes go by the machine's clock where the process has no other.
    private static TimeProvider Time(IServiceProvider services) => services.GetService<TimeProvider>() ?? TimeProvider.System;
}
