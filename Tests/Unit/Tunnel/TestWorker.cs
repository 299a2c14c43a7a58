using System.Text.Json;
using CocoonOrleans.Tunnel.Dialing;
using CocoonOrleans.Tunnel.Handshakes;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.Tunnel.Trust;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Tests.Unit.Tunnel;

/// <summary>A worker's host with real TLS and Kestrel, whose jobs are what the test says.</summary>
public sealed class TestWorker : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestWorker(WebApplication app, TunnelIdentity identity, string bootId) => (_app, Identity, BootId) = (app, identity, bootId);

    public TunnelIdentity Identity { get; }

    public string BootId { get; }

    public GatewayLink Link => _app.Services.GetRequiredService<GatewayLinks>().All[0];

    public static async Task<TestWorker> StartAsync(
        int gatewayPort,
        string gatewayId,
        RequestDelegate? job = null,
        TunnelIdentity? identity = null,
        Action<WebApplication>? map = null,
        string? bootId = null,
        IGatewayCheck? check = null)
    {
        identity ??= TunnelIdentity.Create(TimeProvider.System);
        bootId ??= HelloLine.NewBootId();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(100));
        builder.Services.AddSingleton(identity);
        if (check is not null)
            builder.Services.AddSingleton(check);
        builder.Services.AddSingleton(new DialingOptions
        {
            FirstWait = TimeSpan.FromMilliseconds(20),
            LongestWait = TimeSpan.FromMilliseconds(100),
            Software = "tests 1",
            BootId = bootId,
        });
        builder.Services.AddTunnelDialing(_ => [new GatewayEndPoint("127.0.0.1", gatewayPort, PinnedKeys.Only(gatewayId, "the gateway"))]);
        WebApplication app = builder.Build();
        app.MapTunnelControl();
        app.MapGet(TunnelRoutes.Registration, (RequestDelegate)(context =>
            JsonSerializer.SerializeAsync(context.Response.Body, Registration(bootId), TunnelJson.Default.WorkerRegistration, context.RequestAborted)));
        if (job is not null)
            app.MapPost(TunnelRoutes.Jobs, job);
        map?.Invoke(app);
        await app.StartAsync();
        return new TestWorker(app, identity, bootId);
    }

    public static WorkerRegistration Registration(string bootId) => new(
        "desk", "provider-1", new EngineDescription("scripted", "1"), bootId,
        [new ModelOffer("house", new string('a', 64), new string('b', 64), 512, 4, new OfferedPrices(1, 1, 2))]);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
