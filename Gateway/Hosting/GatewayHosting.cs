using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using CocoonOrleans.Gateway.Accounts;
using CocoonOrleans.Gateway.Admission;
using CocoonOrleans.Gateway.Attestation;
using CocoonOrleans.Gateway.Authentication;
using CocoonOrleans.Gateway.Channels;
using CocoonOrleans.Gateway.Chat;
using CocoonOrleans.Gateway.Cluster;
using CocoonOrleans.Gateway.Completions;
using CocoonOrleans.Gateway.Dispatch;
using CocoonOrleans.Gateway.Embeddings;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Generations;
using CocoonOrleans.Gateway.Health;
using CocoonOrleans.Gateway.Limits;
using CocoonOrleans.Gateway.Markets;
using CocoonOrleans.Gateway.Metrics;
using CocoonOrleans.Gateway.Models;
using CocoonOrleans.Gateway.Offers;
using CocoonOrleans.Gateway.OpenApi;
using CocoonOrleans.Gateway.Providers;
using CocoonOrleans.Gateway.Receipts;
using CocoonOrleans.Gateway.Requests;
using CocoonOrleans.Gateway.Replays;
using CocoonOrleans.Gateway.Responses;
using CocoonOrleans.Gateway.SealedRequests;
using CocoonOrleans.Gateway.Sealing;
using CocoonOrleans.Gateway.Solvency;
using CocoonOrleans.Gateway.TextCompletions;
using CocoonOrleans.Gateway.TopUps;
using CocoonOrleans.Gateway.Workers;
using CocoonOrleans.Market.Configuration;
using CocoonOrleans.Tunnel.Accepting;
using CocoonOrleans.Tunnel.Tracing;
using CocoonOrleans.Tunnel.Trust;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Gateway.Hosting;

/// <summary>Puts the gateway together.</summary>
public static class GatewayHosting
{
    // On top of the drain: for charges to be booked and tunnels to close.
    private static readonly TimeSpan ShutdownMargin = TimeSpan.FromSeconds(15);

    /// <summary>Adds everything that the gateway is made of.</summary>
    /// <exception cref="OptionsValidationException">A setting that decides how the gateway is built is wrong; the others are checked when the host starts.</exception>
    public static WebApplicationBuilder AddGateway(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        IServiceCollection services = builder.Services;
        services.AddStrictOptions<GatewayOptions>(builder.Configuration.GetSection(GatewayOptions.Section))
            .Validate<IHostEnvironment>(
                static (gateway, environment) => gateway.Attestation.SimulatedAnchorFile is null || !environment.IsProduction(),
                "Gateway:Attestation:SimulatedAnchorFile must be absent in Production: what a simulated issuer vouches for is not confidential.")
            .Validate<IHostEnvironment>(
                static (gateway, environment) => !environment.IsProduction() || gateway.Attestation.ImageFiles.Count == 0
                    || gateway.Attestation is not { CollateralAddress: null, CollateralSocket: null },
                "Gateway:Attestation:CollateralAddress must be set in Production where ImageFiles names images: a worker would choose the documents by which it is judged. Intel's: https://api.trustedservices.intel.com/.");
        services.AddStrictOptions<CurrencyOptions>(builder.Configuration.GetSection(CurrencyOptions.Section));
        services.AddStrictOptions<TunnelListenerOptions>(builder.Configuration.GetSection(TunnelListenerOptions.Section));
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<GatewayMetrics>();
        services.AddSingleton<DistributedContextPropagator>(new TraceParentPropagator());
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        });

        // Hosted services stop in the reverse order: the web server, then the bookings, then the tunnels, at last the cluster's client.
        builder.AddClusterClient();
        services.AddSingleton<IGatewayStatements, GatewayStatements>();
        services.AddTunnelAccepting<WorkerSessions>();
        services.AddCompletions().AddMarkets().AddRequests();
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<ReadyLine>(provider, Console.Out));

        services.AddOptions<HostOptions>().Configure<IOptions<GatewayOptions>>(static (host, gateway) =>
        {
            // The listeners open at once; health says what is missing.
            host.ServicesStartConcurrently = true;
            host.ShutdownTimeout = gateway.Value.DrainLimit + ShutdownMargin;
        });
        builder.WebHost.ConfigureKestrel(Listen);
        return builder;
    }

    /// <summary>Maps the public API, health and the admin API.</summary>
    public static WebApplication MapGateway(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseMiddleware<ErrorBoundary>();
        app.UseRouting();
        app.Use(AdminListener.SeparateAsync);
        app.MapGet("/health/live", HealthEndpoint.Live);
        app.MapGet("/health/ready", (HealthEndpoint health) => health.Ready());

        app.MapApiReference();
        RouteGroupBuilder api = app.MapGroup("/v1").AddEndpointFilter<ApiKeyFilter>();
        api.MapPost("/chat/completions", (HttpContext http, ChatCompletionsEndpoint chat) => chat.HandleAsync(http));
        api.MapPost("/completions", (HttpContext http, TextCompletionsEndpoint completions) => completions.HandleAsync(http));
        api.MapPost("/responses", (HttpContext http, ResponsesEndpoint responses) => responses.CreateAsync(http));
        api.MapPost("/responses/input_tokens", (HttpContext http, ResponsesEndpoint responses) => responses.CountAsync(http));
        api.MapGet("/responses/{id}", (string id, HttpContext http, KeptResponsesEndpoint responses) => responses.FindAsync(id, http));
        api.MapDelete("/responses/{id}", (string id, HttpContext http, KeptResponsesEndpoint responses) => responses.DeleteAsync(id, http));
        api.MapPost("/responses/{id}/cancel", (string id, HttpContext http, KeptResponsesEndpoint responses) => responses.CancelAsync(id, http));
        api.MapGet("/responses/{id}/input_items", (string id, HttpContext http, KeptResponsesEndpoint responses) => responses.ListInput(id, http));
        api.MapPost("/embeddings", (HttpContext http, EmbeddingsEndpoint embeddings) => embeddings.HandleAsync(http));
        api.MapPost("/sealed", (HttpContext http, SealedEndpoint requests) => requests.HandleAsync(http));
        api.MapGet("/attested-workers", (string? model, string? nonce, AttestedWorkersEndpoint workers, CancellationToken cancellationToken) => workers.ListAsync(model, nonce, cancellationToken));
        api.MapGet("/models", (ModelsEndpoint models) => models.List());
        api.MapGet("/models/{**id}", (string id, ModelsEndpoint models) => models.Find(id));
        api.MapGet("/generation", (HttpContext http, GenerationEndpoint generations) => generations.FindAsync(http));
        api.MapGet("/key", (HttpContext http, KeyEndpoint key) => key.HandleAsync(http));

        api.MapPost("/topups", (HttpContext http, TopUpEndpoint topUps) => topUps.CreateAsync(http));
        api.MapGet("/topups", (HttpContext http, TopUpEndpoint topUps) => topUps.ListAsync(http));

        api.MapGet("/channels", (HttpContext http, ChannelEndpoint channels) => channels.ListAsync(http));
        api.MapPost("/channels", (HttpContext http, ChannelEndpoint channels) => channels.OpenAsync(http));
        api.MapGet("/channels/{address}", (string address, HttpContext http, ChannelEndpoint channels) => channels.FindAsync(address, http));
        api.MapGet("/channel-terms", (HttpContext http, ChannelEndpoint channels) => channels.OfferAsync(http));

        // The book is open to everybody.
        app.MapGet("/v1/market/{**model}", (string model, MarketEndpoint market) => market.Find(model));

        // Their requests are signed by themselves.
        RouteGroupBuilder providers = app.MapGroup("/v1/providers/{id}");
        providers.MapPost("/payout", (string id, HttpContext http, ProviderEndpoint endpoint) => endpoint.OrderPayoutAsync(id, http));
        providers.MapPost("/statement", (string id, int? days, HttpContext http, ProviderEndpoint endpoint) => endpoint.GetStatementAsync(id, days, http));
        providers.MapPost("/statement/{day}", (string id, string day, HttpContext http, ProviderEndpoint endpoint) => endpoint.GetDayAsync(id, day, http));
        providers.MapPost("/close-offer", (string id, HttpContext http, ProviderEndpoint endpoint) => endpoint.OfferCloseAsync(id, http));
        providers.MapPost("/close", (string id, HttpContext http, ProviderEndpoint endpoint) => endpoint.CloseAsync(id, http));

        api.MapGet("/solvency", (HttpContext http, SolvencyEndpoint solvency) => solvency.GetAsync(http));

        RouteGroupBuilder admin = app.MapGroup("/admin").WithMetadata(AdminListener.Mark).AddEndpointFilter(app.Services.GetRequiredService<AdminAuthentication>());
        admin.MapPost("/accounts", (HttpContext http, AdminEndpoint accounts) => accounts.CreateAccountAsync(http));
        admin.MapGet("/accounts/{id}", (string id, HttpContext http, AdminEndpoint accounts) => accounts.FindAccountAsync(id, http));
        admin.MapPost("/accounts/{id}/keys", (string id, HttpContext http, AdminEndpoint accounts) => accounts.CreateKeyAsync(id, http));
        admin.MapDelete("/accounts/{id}/keys/{keyId}", (string id, string keyId, AdminEndpoint accounts) => accounts.RevokeKeyAsync(id, keyId));
        admin.MapGet("/providers/{id}", (string id, ProviderEndpoint endpoint, CancellationToken cancellationToken) => endpoint.FindAsync(id, cancellationToken));
        admin.MapPost("/providers/{id}/charge", (string id, ProviderEndpoint endpoint, CancellationToken cancellationToken) => endpoint.ChargeAsync(id, cancellationToken));
        admin.MapPost("/providers/{id}/leave", (string id, ProviderEndpoint endpoint, CancellationToken cancellationToken) => endpoint.LeaveAsync(id, cancellationToken));
        admin.MapGet("/workers", (AdminWorkersEndpoint workers, CancellationToken cancellationToken) => workers.ListAsync(cancellationToken));
        admin.MapGet("/solvency", (HttpContext http, SolvencyEndpoint solvency) => solvency.CheckAsync(http));
        admin.MapGet("/wallet/reconciliation", (HttpContext http, ReconciliationEndpoint reconciliation) => reconciliation.ShowAsync(http));
        admin.MapPost("/wallet/reconciliation", (long? accept, HttpContext http, ReconciliationEndpoint reconciliation) => reconciliation.ApplyAsync(accept, http));
        admin.MapGet("/deposits", (HttpContext http, AdminDepositsEndpoint deposits) => deposits.ListAsync(http));
        admin.MapPost("/deposits/{id:long}/assign", (long id, HttpContext http, AdminDepositsEndpoint deposits) => deposits.AssignAsync(id, http));
        admin.MapPost("/deposits/{id:long}/refund", (long id, HttpContext http, AdminDepositsEndpoint deposits) => deposits.RefundAsync(id, http));
        admin.MapGet("/revocations", (AdminRevocationsEndpoint revocations, CancellationToken cancellationToken) => revocations.ListAsync(cancellationToken));
        admin.MapPost("/revocations", (HttpContext http, AdminRevocationsEndpoint revocations) => revocations.RevokeAsync(http));
        admin.MapDelete("/revocations/{kind}/{value}", (string kind, string value, AdminRevocationsEndpoint revocations, CancellationToken cancellationToken) => revocations.RestoreAsync(kind, value, cancellationToken));
        return app;
    }

    private static IServiceCollection AddCompletions(this IServiceCollection services)
    {
        services.AddSingleton<RunningJobs>();
        services.AddSingleton(static provider => new TermsSeal(SharedKey(provider)));
        services.AddSingleton(static provider => new TenantNames(SharedKey(provider)));
        services.AddSingleton<ReceiptCollector>();
        services.AddSingleton<VoucherDelivery>();
        services.AddSingleton<OfferIntake>();
        services.AddSingleton<LateReceipts>();
        services.AddSingleton<EvidenceCheck>();
        services.AddSingleton<StatementCheck>();
        services.AddSingleton<FreshStatements>();
        services.AddSingleton<AttestedSessions>();
        services.AddSingleton<JobSealer>();
        services.AddSingleton<CompletionQueue>();
        return services.AddHostedService(static provider => provider.GetRequiredService<CompletionQueue>());
    }

    private static byte[] SharedKey(IServiceProvider provider)
    {
        GatewayOptions options = provider.GetRequiredService<IOptions<GatewayOptions>>().Value;
        string path = options.TermsKeyFile ?? Path.Combine(options.DataFolder, "terms-key");
        return Convert.FromHexString(SecretFile.LoadOrCreate(path, static () => RandomNumberGenerator.GetHexString(2 * TermsSeal.KeyBytes, lowercase: true)));
    }

    private static IServiceCollection AddMarkets(this IServiceCollection services)
    {
        services.AddSingleton<ModelCatalog>();
        services.AddSingleton<WorkerConnections>();
        services.AddSingleton<MarketBooks>();
        services.AddSingleton<SlotLeases>();
        services.AddSingleton<MarketEndpoint>();
        services.AddSingleton<Revocations>().AddHostedService(static provider => provider.GetRequiredService<Revocations>());
        return services.AddHostedService<MarketPoller>();
    }

    private static IServiceCollection AddRequests(this IServiceCollection services)
    {
        services.AddSingleton<IKeySource, GrainKeySource>();
        services.AddSingleton<KeyCache>();
        services.AddSingleton<ApiKeyAuthenticator>();
        services.AddSingleton<RequestLimiter>();
        services.AddSingleton<BodyReader>();
        services.AddSingleton<ChatModels>();
        services.AddSingleton<JobHolds>();
        services.AddSingleton<JobAdmission>();
        services.AddSingleton<RequestIntake>();
        services.AddSingleton<JobCosts>();
        services.AddSingleton<ChatReader>();
        services.AddSingleton<EmbeddingsReader>();
        services.AddSingleton<SealedReader>();
        services.AddSingleton<WorkerAttempt>();
        services.AddSingleton<SealedAttempt>();
        services.AddSingleton<JobRunner>();
        services.AddSingleton<OpenAnswers>();
        services.AddSingleton<AnswerDelivery>();
        services.AddSingleton<ChatCompletionsEndpoint>();
        services.AddSingleton<EmbeddingsEndpoint>();
        services.AddSingleton<ApiDocument>();
        services.AddSingleton<GenerationLog>();
        services.AddSingleton<GenerationEndpoint>();
        services.AddSingleton<TextCompletionsReader>();
        services.AddSingleton<TextCompletionsEndpoint>();
        services.AddSingleton<AnswerReplays>();
        services.AddSingleton<ResponseStore>();
        services.AddSingleton<ResponsesEndpoint>();
        services.AddSingleton<KeptResponsesEndpoint>();
        services.AddSingleton<SealedEndpoint>();
        services.AddSingleton<AttestedWorkersEndpoint>();
        services.AddSingleton<ModelsEndpoint>();
        services.AddSingleton<KeyEndpoint>();
        services.AddSingleton<AdminAuthentication>();
        services.AddSingleton<ChannelEndpoint>();
        services.AddSingleton<SolvencyEndpoint>();
        services.AddSingleton<ReconciliationEndpoint>();
        services.AddSingleton<TopUpEndpoint>();
        services.AddSingleton<AdminDepositsEndpoint>();
        services.AddSingleton<AdminEndpoint>();
        services.AddSingleton<AdminWorkersEndpoint>();
        services.AddSingleton<AdminRevocationsEndpoint>();
        services.AddSingleton<HealthEndpoint>();
        services.AddSingleton<ProviderEndpoint>();
        services.AddSingleton<DrainState>();
        return services.AddHostedService(static provider => provider.GetRequiredService<DrainState>());
    }

    private static void Listen(KestrelServerOptions kestrel)
    {
        GatewayOptions options = kestrel.ApplicationServices.GetRequiredService<IOptions<GatewayOptions>>().Value;
        kestrel.AddServerHeader = false;
        kestrel.Limits.RequestHeadersTimeout = options.Limits.HeaderLimit;
        kestrel.Limits.MaxRequestBodySize = options.Limits.MaxBodyBytes;
        kestrel.Limits.MaxConcurrentConnections = options.Limits.MaxConnections;
        kestrel.Listen(IPEndPoint.Parse(options.Listen));
        kestrel.Listen(IPEndPoint.Parse(options.AdminListen), static admin => admin.Use(static next => connection =>
        {
            connection.Features.Set(AdminListener.Mark);
            return next(connection);
        }));
        if (options.Http2Listen is { } http2)
        {
            // Without TLS the two versions can't share a port: nothing says which one a connection will speak.
            kestrel.Listen(IPEndPoint.Parse(http2), static listen => listen.Protocols = HttpProtocols.Http2);
        }
    }
}
