using Orleans.CodeGeneration;

namespace CocoonOrleans.Grains.Jobs;

/// <summary>
/// One request, by its 128-bit job id: places its hold and settles it. It keeps nothing of its own: the hold in the ledger is its record, so
/// a second activation can do no harm. Non-reentrant, so that a retry waits for the first call and gets its result.
/// </summary>
[Alias("cocoon.Job"), Version(1)]
public interface IJobGrain : IGrainWithGuidKey
{
    /// <summary>Holds the most that the job may cost. Durable when it returns. A repeat returns the first hold.</summary>
    [Alias("Start")]
    Task<JobStartResult> StartAsync(JobStart start, CancellationToken cancellationToken = default);

    /// <summary>Captures what was used and releases the rest, in one transaction. Durable when it returns. A repeat returns the first capture.</summary>
    [Alias("Complete")]
    Task<JobCompletionResult> CompleteAsync(JobCompletion completion, CancellationToken cancellationToken = default);

    /// <summary>Releases the hold in full: nothing was delivered. A repeat, or a job that was settled already, changes nothing.</summary>
    [Alias("Abandon")]
    Task<JobView?> AbandonAsync(JobAbandonment abandonment, CancellationToken cancellationToken = default);

    /// <summary>The job's hold, whatever became of it; null where the job is unknown or another account's.</summary>
    [Alias("Get")]
    Task<JobView?> GetAsync(string accountId, CancellationToken cancellationToken = default);
}
