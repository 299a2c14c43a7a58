using CocoonOrleans.Attestation.QuoteSources;
using CocoonOrleans.Attestation.Simulated.Collaterals;
using CocoonOrleans.Attestation.Simulated.Quotes;
using CocoonOrleans.Attestation.Simulated.Worlds;
using CocoonOrleans.Market.Configuration;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Attestation.Simulated.Hosting;

/// <summary>Puts the simulated issuer together.</summary>
public static class SimulatedHosting
{
    private const int MostConnections = 1000;

    /// <summary>Adds everything that the issuer is made of.</summary>
    public static WebApplicationBuilder AddSimulatedIssuer(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddStrictOptions<SimulatedOptions>(builder.Configuration.GetSection(SimulatedOptions.Section));
        services.AddSingleton(TimeProvider.System);

        // Not a line for each quote: whoever started it may not read them all, and then a full pipe would stop it.
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        services.AddSingleton<WorldKeeper>();
        services.AddSingleton(provider => provider.GetRequiredService<WorldKeeper>().World);
        services.AddSingleton<SimulatedRegisters>();
        services.AddSingleton(provider =>
            provider.GetRequiredService<SimulatedWorld>().Platform(PlatformConditions.Of(provider.GetRequiredService<IOptions<SimulatedOptions>>().Value)));
        services.AddSingleton(provider => new IssuedCollateral(
            provider.GetRequiredService<SimulatedPlatform>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<WorldKeeper>().NextIssue, provider.GetRequiredService<IOptions<SimulatedOptions>>().Value.CollateralLife));
        services.Configure<SocketTransportOptions>(transport => transport.CreateBoundListenSocket = OwnerOnlySocket.Bind);
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<SimulatedOptions>>((kestrel, options) =>
        {
            kestrel.Limits.MaxRequestBodySize = IQuoteSource.ReportDataBytes;
            kestrel.Limits.MaxConcurrentConnections = MostConnections;
            kestrel.AddServerHeader = false;
            kestrel.ListenUnixSocket(Path.GetFullPath(options.Value.Socket));
        });
        return builder;
    }

    /// <summary>Maps what it answers.</summary>
    public static WebApplication MapSimulatedIssuer(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.MapQuotes();
        app.MapCollateral();
        app.MapProvisioning(app.Services.GetRequiredService<IssuedCollateral>().Current);
        return app;
    }
}
