using CocoonOrleans.Gateway.Cluster;

namespace CocoonOrleans.Gateway.Attestation;

/// <summary>Asks the cluster for something again and again, one question at a time, and says once when it begins to fail. What was known stays in force meanwhile.</summary>
/// <param name="period">How long to wait between two questions.</param>
/// <param name="time">The clock.</param>
public abstract class ClusterWatch(TimeSpan period, TimeProvider time) : BackgroundService
{
    private readonly SemaphoreSlim _turn = new(1);
    private bool _failing;

    /// <summary>Asks now, and acts upon the answer before it returns.</summary>
    /// <exception cref="ClusterUnavailableException">The cluster does not answer.</exception>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await AskAsync(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _turn.Dispose();
        base.Dispose();
    }

    /// <summary>Asks, and acts upon the answer; never twice at once.</summary>
    protected abstract Task AskAsync(CancellationToken cancellationToken);

    /// <summary>Says that it began to fail.</summary>
    /// <param name="reason">Why.</param>
    protected abstract void TellFailed(string reason);

    /// <inheritdoc/>
    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(period, time);
        try
        {
            do
            {
                await PollAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The gateway stops.
        }
    }

    private async Task PollAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RefreshAsync(cancellationToken);
            _failing = false;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            if (!_failing)
            {
                TellFailed(e.InnerException?.Message ?? e.Message);
            }

            _failing = true;
        }
    }
}
