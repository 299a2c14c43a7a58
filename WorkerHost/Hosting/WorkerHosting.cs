using System.Text.Json;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Native;
using CocoonOrleans.Inference.Scripted;
using CocoonOrleans.Inference.Upstream;
using CocoonOrleans.Market.Configuration;
using CocoonOrleans.Sealing.Epochs;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Requests;
using CocoonOrleans.Telemetry;
using CocoonOrleans.Tunnel.Dialing;
using CocoonOrleans.Tunnel.Handshakes;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.Tunnel.Trust;
using CocoonOrleans.WorkerHost.Gpus;
using CocoonOrleans.WorkerHost.Heartbeats;
using CocoonOrleans.WorkerHost.Jobs;
using CocoonOrleans.WorkerHost.Keys;
using CocoonOrleans.WorkerHost.Measuring;
using CocoonOrleans.WorkerHost.Metrics;
using CocoonOrleans.WorkerHost.Models;
using CocoonOrleans.WorkerHost.Offers;
using CocoonOrleans.WorkerHost.Receipts;
using CocoonOrleans.WorkerHost.Registration;
using CocoonOrleans.WorkerHost.Sealing;
using CocoonOrleans.WorkerHost.Vouchers;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.WorkerHost.Hosting;

/// <summary>What a worker process is made of.</summary>
public static class WorkerHosting
{
    // What is left of a stop after draining: ending streams and closing tunnels.
    private static readonly TimeSpan StopAfterDrain = TimeSpan.FromSeconds(5);

    /// <summary>Adds everything that a worker does.</summary>
    public static WebApplicationBuilder AddWorker(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        IServiceCollection services = builder.Services;
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);

        services.AddStrictOptions<WorkerOptions>(builder.Configuration.GetSection(WorkerOptions.Section))
            .Validate<IHostEnvironment>(
                (worker, environment) => worker.Engine != EngineKind.Scripted || !environment.IsProduction(),
                "Worker:Engine must be native or upstream: the scripted engine answers from a script, and never in the environment Production.")
            .Validate<IHostEnvironment>(
                (worker, environment) => worker.Quotes?.IsSimulated != true || !environment.IsProduction(),
                "Worker:Quotes:IsSimulated must be false in Production: what a simulated issuer vouches for is not confidential.");
        services.AddOptions<HostOptions>().Configure<IOptions<WorkerOptions>>((host, worker) => host.ShutdownTimeout = worker.Value.DrainLimit + StopAfterDrain);
        services.AddSingleton(TimeProvider.System);
        builder.AddTelemetry("cocoon-worker");
        services.AddSingleton(provider =>
            TunnelIdentity.LoadOrCreate(provider.GetRequiredService<IOptions<WorkerOptions>>().Value.IdentityPath, provider.GetRequiredService<TimeProvider>()));
        services.AddEngine(builder.Configuration);
        services.AddSingleton<ServedModels>();
        services.AddSingleton<ModelKeyRelease>();
        services.AddSingleton<MeasuringRegister>();
        services.AddSingleton<WorkerMeasurement>().AddHostedService(provider => provider.GetRequiredService<WorkerMeasurement>());
        services.AddHostedService<ModelLoading>();
        services.AddSealing();
        services.AddSingleton<ReceiptStore>().AddSingleton<JobReceipts>();
        services.AddSingleton<VoucherStore>();
        services.AddSingleton<ProviderPause>();
        services.AddSingleton<WorkerMetrics>();
        services.AddSingleton<StandingOffers>();
        services.AddSingleton<JobGate>().AddSingleton<RequestGrammars>().AddSingleton<JobRun>().AddSingleton<JobEndpoint>().AddSingleton<HeartbeatEndpoint>();
        services.AddSingleton<WorkerDrain>().AddHostedService(provider => provider.GetRequiredService<WorkerDrain>());

        services.AddSingleton(new DialingOptions { Software = $"cocoon-worker {Version}", BootId = HelloLine.NewBootId() });
        services.AddSingleton<IGatewayCheck, GatewayCheck>();
        services.AddTunnelDialing(provider => provider.GetRequiredService<IOptions<WorkerOptions>>().Value.Gateways.Select(gateway => gateway.ToEndPoint()));
        services.AddHostedService<ReadyAnnouncement>();
        return builder;
    }

    /// <summary>Maps what gateways ask over the tunnel.</summary>
    public static WebApplication MapWorker(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);

        // Wrong settings are told before anything is made of them.
        _ = app.Services.GetRequiredService<IOptions<WorkerOptions>>().Value;
        app.MapTunnelControl();
        app.MapRegistration();
        app.MapReceipts();
        app.MapOffers();
        app.MapVouchers();
        WorkerStatements statements = app.Services.GetRequiredService<WorkerStatements>();
        app.MapGet(TunnelRoutes.Statement, (RequestDelegate)(context =>
            JsonSerializer.SerializeAsync(context.Response.Body, statements.Vouched, TunnelJson.Default.VouchedStatement, context.RequestAborted)));
        app.MapFreshStatements();
        app.MapGet(TunnelRoutes.Heartbeats, (RequestDelegate)app.Services.GetRequiredService<HeartbeatEndpoint>().WriteAsync);
        app.MapPost(TunnelRoutes.Jobs, (RequestDelegate)app.Services.GetRequiredService<JobEndpoint>().HandleAsync);
        return app;
    }

    private static string Version { get; } = typeof(WorkerHosting).Assembly.GetName().Version!.ToString(fieldCount: 3);

    /// <summary>The keys to which requests are sealed, and the statements that name them. All of them live in memory, as long as the process.</summary>
    private static void AddSealing(this IServiceCollection services)
    {
        services.AddSingleton(provider => new EpochKeyRing(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new RequestOpener(provider.GetRequiredService<EpochKeyRing>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ReceiptKey>();
        services.AddSingleton<StatedCollateral>();
        services.AddSingleton<GpuCollector>().AddSingleton<StatedGpus>();
        services.AddSingleton<IStatementVoucher>(static provider => provider.GetRequiredService<IOptions<WorkerOptions>>().Value.Quotes is { } quotes
            ? QuoteVoucher.Of(quotes, provider.GetRequiredService<TimeProvider>(), quotes.Measures ? provider.GetRequiredService<DialingOptions>().BootId : null)
            : ActivatorUtilities.CreateInstance<ReceiptKeyVoucher>(provider));

        // Behind the models, which stand in the statement, and before the server, which dials.
        services.AddSingleton<WorkerStatements>().AddHostedService(provider => provider.GetRequiredService<WorkerStatements>());
        services.AddSingleton<FreshStatements>().AddHostedService(provider => provider.GetRequiredService<FreshStatements>());
    }

    private static void AddEngine(this IServiceCollection services, IConfiguration configuration)
    {
        const string EngineKey = $"{WorkerOptions.Section}:{nameof(WorkerOptions.Engine)}";
        _ = Enum.TryParse(configuration[EngineKey], ignoreCase: true, out EngineKind kind);
        switch (kind)
        {
            case EngineKind.Scripted:
                services.AddScriptedEngine();
                services.AddOptions<ScriptedEngineOptions>().BindConfiguration($"{WorkerOptions.Section}:{nameof(WorkerOptions.Scripted)}");
                break;
            case EngineKind.Upstream:
                services.AddUpstreamEngine();
                services.AddOptions<UpstreamEngineOptions>().BindConfiguration($"{WorkerOptions.Section}:{nameof(WorkerOptions.Upstream)}");
                break;
            default:
                services.AddNativeEngine();
                services.AddOptions<NativeEngineOptions>().BindConfiguration($"{WorkerOptions.Section}:{nameof(WorkerOptions.Native)}");
                break;
        }
    }
}
