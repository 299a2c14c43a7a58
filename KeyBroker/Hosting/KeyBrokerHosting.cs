using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using CocoonOrleans.KeyBroker.Evidence;
using CocoonOrleans.KeyBroker.Nonces;
using CocoonOrleans.KeyBroker.Problems;
using CocoonOrleans.KeyBroker.Releases;
using CocoonOrleans.KeyBroker.Shares;
using CocoonOrleans.Market.Configuration;
using CocoonOrleans.Sealing.Releases;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.KeyBroker.Hosting;

/// <summary>What a key broker is made of.</summary>
public static class KeyBrokerHosting
{
    private const int MostConnections = 256;
    private const int PrefixBytes = 8;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan HeaderLimit = TimeSpan.FromSeconds(10);

    /// <summary>Adds everything that a broker does.</summary>
    public static WebApplicationBuilder AddKeyBroker(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        IServiceCollection services = builder.Services;
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        OptionsBuilder<KeyBrokerOptions> options = services.AddStrictOptions<KeyBrokerOptions>(builder.Configuration.GetSection(KeyBrokerOptions.Section));
        foreach (var (holds, otherwise) in KeyBrokerOptions.ProductionRules)
        {
            options.Validate<IHostEnvironment>((broker, environment) => !environment.IsProduction() || holds(broker), otherwise);
        }

        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<ShareFolder>();
        services.AddSingleton<NonceBook>();
        services.AddSingleton<WorkerEvidence>();
        services.AddSingleton<ReleaseLog>();
        services.AddSingleton<ReleaseDesk>();
        services.AddSingleton<ReleaseEndpoints>();
        services.AddRateLimiter(limiter => limiter.OnRejected = static (rejected, _) =>
            new ValueTask(ProblemAnswer.WriteAsync(rejected.HttpContext, Problem.Of(ProblemCodes.RateLimited, "too many requests came from this address, or too many are being judged"))));
        services.AddOptions<Microsoft.AspNetCore.RateLimiting.RateLimiterOptions>().Configure<IOptions<KeyBrokerOptions>>(static (limiter, broker) => limiter.GlobalLimiter = Limiter(broker.Value));
        services.Configure<ForwardedHeadersOptions>(static forwarded =>
        {
            // What ends TLS stands on this machine, and says who asked. Only the entry that it added itself counts: those before it are the asker's own words.
            forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor;
            forwarded.ForwardLimit = 1;
            forwarded.KnownIPNetworks.Clear();
            forwarded.KnownProxies.Clear();
            forwarded.KnownProxies.Add(IPAddress.Loopback);
            forwarded.KnownProxies.Add(IPAddress.IPv6Loopback);
        });
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<KeyBrokerOptions>>(static (kestrel, broker) =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = ReleaseHttp.MostRequestBytes;
            kestrel.Limits.MaxConcurrentConnections = MostConnections;
            kestrel.Limits.RequestHeadersTimeout = HeaderLimit;
            kestrel.Listen(broker.Value.EndPoint);
        });
        return builder;
    }

    /// <summary>Maps what it answers.</summary>
    public static WebApplication MapKeyBroker(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseForwardedHeaders();
        app.UseRateLimiter();
        app.Services.GetRequiredService<ReleaseEndpoints>().Map(app);
        app.MapFallback(static (HttpContext http) => ProblemAnswer.WriteAsync(http, Problem.Of(ProblemCodes.UnknownUrl, "there is nothing at this path")));
        return app;
    }

    /// <summary>Whoever has an IPv6 address usually has all that share its first half.</summary>
    private static string Asker(IPAddress? address) => address switch
    {
        null => "",
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
        { AddressFamily: AddressFamily.InterNetworkV6 } => Convert.ToHexString(address.GetAddressBytes().AsSpan(0, PrefixBytes)),
        _ => address.ToString(),
    };

    private static PartitionedRateLimiter<HttpContext> Limiter(KeyBrokerOptions options) => PartitionedRateLimiter.CreateChained(
        PartitionedRateLimiter.Create<HttpContext, string>(http => RateLimitPartition.GetFixedWindowLimiter(
            Asker(http.Connection.RemoteIpAddress),
            _ => new FixedWindowRateLimiterOptions { PermitLimit = options.RequestsPerMinute, Window = Window })),
        PartitionedRateLimiter.Create<HttpContext, int>(_ => RateLimitPartition.GetConcurrencyLimiter(
            0, _ => new ConcurrencyLimiterOptions { PermitLimit = options.MostAtATime, QueueLimit = options.MostAtATime })));
}
