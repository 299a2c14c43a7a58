using CocoonOrleans.Tunnel.Trust;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Tunnel.Accepting;

/// <summary>Adds the gateway's side of tunnels.</summary>
public static class TunnelAcceptingExtensions
{
    /// <summary>
    /// Adds <see cref="WorkerTunnelListener"/> as a hosted service, with a <typeparamref name="THandler"/> that gets every tunnel. The caller binds <see
    /// cref="TunnelListenerOptions"/>. Register another <see cref="ITunnelTrust"/> before to replace pinned keys.
    /// </summary>
    public static IServiceCollection AddTunnelAccepting<THandler>(this IServiceCollection services)
        where THandler : class, ITunnelHandler
    {
        services.AddOptions<TunnelListenerOptions>()
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider =>
            TunnelIdentity.LoadOrCreate(provider.GetRequiredService<IOptions<TunnelListenerOptions>>().Value.IdentityFolder, provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(CreateTrust);
        services.TryAddSingleton<ITunnelHandler, THandler>();
        services.AddSingleton<WorkerTunnelListener>();
        services.AddHostedService(provider => provider.GetRequiredService<WorkerTunnelListener>());
        return services;
    }

    private static ITunnelTrust CreateTrust(IServiceProvider provider)
    {
        TunnelListenerOptions options = provider.GetRequiredService<IOptions<TunnelListenerOptions>>().Value;
        if (options.AllowAnyWorker)
            return new AnyKey(provider.GetRequiredService<IHostEnvironment>());
        return options.AllowedWorkersFile is { } file
            ? new PinnedKeyFile(file, provider.GetRequiredService<ILogger<PinnedKeyFile>>())
            : new PinnedKeys(options.AllowedWorkers);
    }
}
