using System.Collections.Concurrent;
using CocoonOrleans.Gateway.Cluster;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Gateway.Metrics;
using CocoonOrleans.Gateway.Workers;
using CocoonOrleans.Grains.Jobs;
using CocoonOrleans.Tunnel.Accepting;
using CocoonOrleans.Tunnel.Messages;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Gateway.Completions;

/// <summary>
/// Books charges, and keeps trying while the cluster or its database is away. Bounded in number and time: what is given up here is booked when the worker,
/// which keeps its report until it is acknowledged, delivers it again; else the sweeper releases the hold.
/// </summary>
public sealed partial class CompletionQueue(
    GrainCalls grains, RunningJobs running, IOptions<GatewayOptions> options, GatewayMetrics metrics, TimeProvider time, ILogger<CompletionQueue> logger)
    : IHostedService
{
    private const int MaxPending = 10_000;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<Guid, Task> _pending = new();

    /// <summary>How many charges are not booked yet.</summary>
    public int Count => _pending.Count;

    /// <summary>Books a charge.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="completion">What it used.</param>
    /// <param name="worker">Whose usage report is acknowledged once the charge is durable; null where there is no report.</param>
    /// <returns>What was charged; null where it was given up. Never fails.</returns>
    public Task<JobCompletionResult?> CompleteAsync(Guid jobId, JobCompletion completion, WorkerConnection? worker)
    {
        if (_pending.Count >= MaxPending)
        {
            LogGivenUp(jobId, "too many charges wait");
            running.Remove(jobId);
            return Task.FromResult<JobCompletionResult?>(null);
        }

        Task<JobCompletionResult?> task = RunAsync(jobId, completion, worker);
        if (!task.IsCompleted)
        {
            _pending[jobId] = task;
            _ = task.ContinueWith(_ => _pending.TryRemove(jobId, out Task? _), TaskScheduler.Default);
        }

        return task;
    }

    /// <summary>Gives a job's hold back: nothing was delivered. Tried as long as a request waits for it; afterwards the sweeper does it.</summary>
    public async Task AbandonAsync(Guid jobId, string accountId, string reason)
    {
        try
        {
            await grains.InvokeAsync((client, token) => client.GetGrain<IJobGrain>(jobId).AbandonAsync(new JobAbandonment(accountId, reason), token));
        }
        catch (ClusterUnavailableException e)
        {
            LogNotReleased(jobId, e.InnerException?.Message);
        }
        finally
        {
            running.Remove(jobId);
        }
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Waits for charges that are under way, as long as the host lets it.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(_pending.Values).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            LogLeftBehind(_pending.Count);
        }
    }

    private async Task<JobCompletionResult?> RunAsync(Guid jobId, JobCompletion completion, WorkerConnection? worker)
    {
        using GatewayMetrics.StageTimer stage = metrics.Stage("capture");
        try
        {
            JobCompletionResult? result = await BookAsync(jobId, completion);
            if (result is not null)
            {
                if (result.Status == JobCompletionStatus.Captured)
                {
                    LogBooked(jobId, result.Captured.Value);
                }
                else
                {
                    LogNotCaptured(jobId, result.Status, result.InvalidField);
                }

                if (worker is not null)
                {
                    await AcknowledgeAsync(jobId, worker);
                }
            }

            return result;
        }
        finally
        {
            running.Remove(jobId);
        }
    }

    private async Task<JobCompletionResult?> BookAsync(Guid jobId, JobCompletion completion)
    {
        long since = time.GetTimestamp();
        TimeSpan pause = FirstPause;
        while (true)
        {
            try
            {
                return await grains.InvokeAsync(async (client, token) =>
                {
                    JobCompletionResult answer = await client.GetGrain<IJobGrain>(jobId).CompleteAsync(completion, token);
                    return answer.Status == JobCompletionStatus.Unavailable ? throw new ClusterUnavailableException("The ledger can't be reached.") : answer;
                });
            }
            catch (ClusterUnavailableException e)
            {
                if (time.GetElapsedTime(since) >= options.Value.Dispatch.CompletionRetryLimit)
                {
                    LogGivenUp(jobId, e.InnerException?.Message);
                    return null;
                }

                LogRetried(jobId, e.InnerException?.Message);
            }

            // Up to a quarter more, so that thousands of charges don't come at one moment.
            await Task.Delay(pause + (pause * (Random.Shared.NextDouble() / 4)), time, CancellationToken.None);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async Task AcknowledgeAsync(Guid jobId, WorkerConnection worker)
    {
        try
        {
            await worker.Tunnel.AcknowledgeUsageAsync(JobNames.OfJob(jobId), CancellationToken.None);
        }
        catch (Exception e) when (e is TunnelLostException or TunnelProtocolException or ObjectDisposedException or OperationCanceledException)
        {
            // It delivers the report again, and is acknowledged then.
            LogNotAcknowledged(jobId, worker.WorkerId, e.Message);
        }
    }
}
