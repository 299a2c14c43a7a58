using CocoonOrleans.Gateway.Hosting;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Gateway.Health;

/// <summary>
/// The end of the process in good order: from the signal on the gateway is not ready and takes no new work, while the answers that are open go on up to
/// their limit. The listeners stay open meanwhile, so that load balancers see it.
/// </summary>
public sealed partial class DrainState(OpenAnswers open, IOptions<GatewayOptions> options, TimeProvider time, ILogger<DrainState> logger) : IHostedLifecycleService
{
    private volatile bool _draining;

    /// <summary>Whether the gateway is going down.</summary>
    public bool IsDraining => _draining;

    /// <inheritdoc/>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        _draining = true;
        LogDraining(open.Count);
        try
        {
            await open.WhenNoneAsync().WaitAsync(options.Value.DrainLimit, time, cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            LogBrokenOff(open.Count);
        }
    }

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
}
