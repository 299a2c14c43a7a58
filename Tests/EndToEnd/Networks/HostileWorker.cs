using System.Text.Json;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tests.Unit.Sealing;
using CocoonOrleans.Tunnel.Dialing;
using CocoonOrleans.Tunnel.Handshakes;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.Tunnel.Trust;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Tests.EndToEnd.Networks;

/// <summary>
/// A worker that the gateway admits like any other and whose offer is the cheapest, so that the next job goes to it; with the job it does what a test wants. It
/// dials the gateway's process over TCP and TLS, as strangers do.
/// </summary>
internal sealed class HostileWorker : IAsyncDisposable
{
    private const int Slots = 4;

    private readonly TestNetwork _network;
    private readonly TunnelIdentity _identity;
    private readonly SealedWorker _sealed;
    private readonly WebApplication _app;
    private int _jobs;

    private HostileWorker(TestNetwork network, TunnelIdentity identity, string manifestSha256, Func<HostileJob, Task> answer, WireTap? tap)
    {
        _network = network;
        _identity = identity;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton(identity);
        var dialing = new DialingOptions { Software = "hostile", BootId = HelloLine.NewBootId() };
        builder.Services.AddSingleton(dialing);
        _sealed = new SealedWorker(identity, dialing.BootId, [manifestSha256]);
        if (tap is not null)
        {
            builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.ConfigureEndpointDefaults(tap.Listen));
        }

        var topology = network.Processes.Topology;
        builder.Services.AddTunnelDialing(_ => [new GatewayEndPoint("127.0.0.1", topology.TunnelPort, PinnedKeys.Only(topology.GatewayId, "gateway"))]);
        _app = builder.Build();
        _app.MapTunnelControl();
        var offer = new ModelOffer(topology.Model.Name, manifestSha256, topology.Model.TokenizerSha256, ContextTokens: 512, Slots, new OfferedPrices(1, 1, 1));
        var registration = new WorkerRegistration("hostile", "hostile", new EngineDescription("native", "1"), dialing.BootId, [offer]);
        _app.MapGet(TunnelRoutes.Registration, () => Results.Json(registration, TunnelJson.Default.WorkerRegistration));
        _app.MapGet(TunnelRoutes.Statement, () => Results.Json(_sealed.Vouched, TunnelJson.Default.VouchedStatement));
        _app.MapGet(TunnelRoutes.Receipts, () => Results.Json(new ReceiptPage([]), TunnelJson.Default.ReceiptPage));
        _app.MapGet(TunnelRoutes.Heartbeats, BeatAsync);
        _app.MapPost(TunnelRoutes.Jobs, async context =>
        {
            Interlocked.Increment(ref _jobs);
            using var reply = await SealedReply.OpenAsync(context, _sealed);
            if (reply is not null)
            {
                await answer(new HostileJob(reply, manifestSha256));
            }
        });
    }

    /// <summary>How many jobs the gateway sent.</summary>
    public int Jobs => Volatile.Read(ref _jobs);

    public string Id => _identity.Id;

    /// <summary>The newest of its statements.</summary>
    public BoundStatement Statement => _sealed.Statement;

    /// <summary>Begins an epoch: the next heartbeat names its statement.</summary>
    /// <param name="change">What it says otherwise.</param>
    public BoundStatement Renew(Func<Statement, Statement>? change = null) => _sealed.Renew(change);

    /// <summary>Joins, and waits until the gateway offers it to clients.</summary>
    /// <param name="network">The network.</param>
    /// <param name="identity">A key that the gateway allows and that did nothing bad yet: the network remembers who did.</param>
    /// <param name="answer">What it does with a job.</param>
    /// <param name="tap">Sees what goes over its tunnel; null for nobody.</param>
    public static async Task<HostileWorker> JoinAsync(TestNetwork network, TunnelIdentity identity, Func<HostileJob, Task> answer, WireTap? tap = null)
    {
        var honest = network.Processes.Workers.Count;
        await network.OffersAsync(honest);
        var model = await network.ModelAsync();
        var worker = new HostileWorker(network, identity, model.GetProperty("manifest_sha256").GetString()!, answer, tap);
        await worker._app.StartAsync();
        await network.OffersAsync(honest + 1);
        return worker;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _sealed.Dispose();
        await _network.OffersAsync(_network.Processes.Workers.Count);
    }

    private async Task BeatAsync(HttpContext context, IHostApplicationLifetime lifetime)
    {
        // Ends with the worker, which would wait for it otherwise.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), TimeProvider.System);
        do
        {
            await JsonSerializer.SerializeAsync(
                context.Response.Body,
                new Heartbeat(0, 0, Slots, 0, Draining: false, PendingReceipts: 0, _sealed.Statement.Hash.ToString()),
                TunnelJson.Default.Heartbeat,
                end.Token);
            await context.Response.WriteAsync("\n", end.Token);
            await context.Response.Body.FlushAsync(end.Token);
        }
        while (await timer.WaitForNextTickAsync(end.Token));
    }
}
