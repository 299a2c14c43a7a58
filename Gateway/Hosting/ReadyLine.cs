using System.Text.Json;
using CocoonOrleans.Gateway.Models;
using CocoonOrleans.Tunnel.Accepting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;

namespace CocoonOrleans.Gateway.Hosting;

/// <summary>
/// Writes <c>COCOON-READY {...}</c> to standard output once the listeners are open and the catalogue was read, for whoever started the process. Workers are not
/// waited for, since they need the address of the tunnel: <c>/health/ready</c> says when they are there.
/// </summary>
public sealed class ReadyLine(IHostApplicationLifetime lifetime, IServer server, WorkerTunnelListener tunnels, ModelCatalog catalog, TextWriter output) : BackgroundService
{
    private const string Prefix = "COCOON-READY ";

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        await catalog.Loaded.WaitAsync(stoppingToken);

        // In the order in which the listeners were configured.
        string[] addresses = [.. server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses];
        await output.WriteLineAsync(Prefix + JsonSerializer.Serialize(new
        {
            process = "gateway",
            pid = Environment.ProcessId,
            url = addresses[0],
            admin = addresses[1],
            tunnel = tunnels.LocalEndPoint?.ToString(),
            gateway_id = tunnels.GatewayId,
        }));
    }
}
