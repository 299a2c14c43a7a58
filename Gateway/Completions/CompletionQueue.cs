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
/// Settles jobs: books charges and gives holds back, and keeps trying while the cluster or its database is away. Bounded in number and time: a charge that is
/// given up here is booked when the worker, which keeps its receipt until it is acknowledged, delivers it again; else the sweeper releases the hold.
/// </summary>
public sealed partial class CompletionQueue(
    GrainCalls grains, RunningJobs running, IOptions<GatewayOptions> options, GatewayMetrics metrics, TimeProvider time, ILogger<CompletionQueue> logger)
    : IHostedService
{
    /// <summary>The most jobs that are being settled.</summary>
    public const int MaxPending = 10_000;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<Guid, Task> _pending = new();

    /// <summary>How many jobs are not settled yet.</summary>
    public int Count => _pending.Count;

    /// <summary>Books a charge.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="completion">What it used.</param>
    /// <param name="worker">Whose receipt is acknowledged once the charge is durable; null where there is none.</param>
    /// <returns>What was charged; null where it was given up. Never fails.</returns>
    public Task<JobCompletionResult?> CompleteAsync(Guid jobId, JobCompletion completion, WorkerConnection? worker) =>
        SettleAsync(jobId, () => ChargeAsync(jobId, completion, worker));

    /// <summary>Gives a job's hold back: nothing was delivered.</summary>
    /// <returns>Completes when it is given back, or given up. Never fails.</returns>
    public Task AbandonAsync(Guid jobId, string accountId, string reason) => SettleAsync(
        jobId,
        () => RepeatAsync(jobId, (client, token) => client.GetGrain<IJobGrain>(jobId).AbandonAsync(new JobAbandonment(accountId, reason), token)));

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Waits for what is under way, as long as the host lets it.</summary>
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

    private Task<T?> SettleAsync<T>(Guid jobId, Func<Task<T?>> settle)
        where T : class
    {
        Task<T?> task = RunAsync();
        if (!task.IsCompleted)
        {
            _pending[jobId] = task;
            _ = task.ContinueWith(_ => _pending.TryRemove(jobId, out Task? _), TaskScheduler.Default);
        }

        return task;

        async Task<T?> RunAsync()
        {
            try
            {
                if (_pending.Count < MaxPending)
                {
                    return await settle();
                }

                LogGivenUp(jobId, "too many jobs wait to be settled");
                return null;
            }
            finally
            {
                running.Remove(jobId);
            }
        }
    }

    private async Task<JobCompletionResult?> ChargeAsync(Guid jobId, JobCompletion completion, WorkerConnection? worker)
    {
        using GatewayMetrics.StageTimer stage = metrics.Stage("capture");
        JobCompletionResult? result = await RepeatAsync(jobId, async (client, token) =>
        {
            JobCompletionResult answer = await client.GetGrain<IJobGrain>(jobId).CompleteAsync(completion, token);
            return answer.Status == JobCompletionStatus.Unavailable ? throw new ClusterUnavailableException("The ledger can't be reached.") : answer;
        });
        if (result is null)
        {
            return null;
        }

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

        return result;
    }

    /// <summary>Calls until it is done, with longer and longer pauses.</summary>
    /// <returns>Null where it was given up, or where the call gives nothing.</returns>
    private async Task<T?> RepeatAsync<T>(Guid jobId, Func<IClusterClient, CancellationToken, Task<T?>> call)
        where T : class
    {
        long since = time.GetTimestamp();
        TimeSpan pause = FirstPause;
        while (true)
        {
            try
            {
                return await grains.InvokeAsync(call);
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
            catch (ArgumentException e)
            {
                LogGivenUp(jobId, e.Message);
                return null;
            }

            // Up to a quarter more, so that thousands of jobs don't come at one moment.
            await Task.Delay(pause + (pause * (Random.Shared.NextDouble() / 4)), time, CancellationToken.None);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async Task AcknowledgeAsync(Guid jobId, WorkerConnection worker)
    {
        try
        {
            await worker.Tunnel.AcknowledgeReceiptAsync(JobNames.OfJob(jobId), CancellationToken.None);
        }
        catch (Exception e) when (e is TunnelLostException or TunnelProtocolException or ObjectDisposedException or OperationCanceledException)
        {
            // It delivers the receipt again, and is acknowledged then.
            LogNotAcknowledged(jobId, worker.WorkerId, e.Message);
        }
    }
}
