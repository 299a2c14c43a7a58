using CocoonOrleans.Tunnel.Dialing;
using CocoonOrleans.WorkerHost.Jobs;
using CocoonOrleans.WorkerHost.Receipts;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.WorkerHost.Hosting;

/// <summary>
/// Lets the worker leave in good order when it is told to stop: nothing new is taken, what runs is finished, and the gateways get the time to acknowledge
/// the last receipts; all within <see cref="WorkerOptions.DrainLimit"/>. It runs before the server stops, while the tunnels are up.
/// </summary>
public sealed partial class WorkerDrain(
    JobGate gate, ReceiptStore receipts, GatewayLinks links, IOptions<WorkerOptions> options, TimeProvider time, ILogger<WorkerDrain> logger)
    : IHostedLifecycleService, IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _drained = new();

    /// <summary>Cancelled when the worker has drained, or its time for that is over: what still streams ends now.</summary>
    public CancellationToken Drained => _drained.Token;

    /// <inheritdoc/>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        gate.Drain();
        LogDraining(gate.Running);
        using var limit = new CancellationTokenSource(options.Value.DrainLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var timer = new PeriodicTimer(Look, time);
            while (gate.Running > 0 || AwaitsAcknowledgement())
            {
                await timer.WaitForNextTickAsync(either.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The limit: what still runs is cut short, and its receipts are kept.
        }
        LogDrained(gate.Running, receipts.Count);
        await _drained.CancelAsync();
    }

    /// <inheritdoc/>
    public void Dispose() => _drained.Dispose();

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private bool AwaitsAcknowledgement() => receipts.Count > 0 && links.All.Any(link => link.State == GatewayLinkState.Admitted);

    [LoggerMessage(Level = LogLevel.Information, Message = "Stopping: {Running} jobs are finished first, nothing new is taken")]
    private partial void LogDraining(int running);

    [LoggerMessage(Level = LogLevel.Information, Message = "Leaving with {Running} jobs unfinished and {Receipts} receipts kept for the next start")]
    private partial void LogDrained(int running, int receipts);
}
