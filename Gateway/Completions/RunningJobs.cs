using System.Collections.Concurrent;

namespace CocoonOrleans.Gateway.Completions;

/// <summary>
/// The jobs that this process works on, from the hold until the charge is booked, each with the lease that counts. A receipt of such a job is left to
/// whoever runs it; one of a lease that counts no more (the worker failed, another took over) is worth nothing.
/// </summary>
public sealed class RunningJobs
{
    /// <summary>Of so many jobs without a receipt the count is kept. Beyond that the oldest is forgotten, and its receipt is bound by the hold alone.</summary>
    private const int MaxLeft = 10_000;

    private readonly ConcurrentDictionary<Guid, Guid> _leases = new();
    private readonly ConcurrentDictionary<Guid, int> _left = new();
    private readonly ConcurrentQueue<Guid> _leftInOrder = new();

    /// <summary>Random, new with each start of the process; stands in the terms of its jobs.</summary>
    public Guid Instance { get; } = Guid.NewGuid();

    /// <summary>A job begins.</summary>
    /// <returns>False where it runs here already.</returns>
    public bool TryAdd(Guid jobId) => _leases.TryAdd(jobId, Guid.Empty);

    /// <summary>The lease that counts from now on; <see cref="Guid.Empty"/> for none.</summary>
    public void SetLease(Guid jobId, Guid leaseId) => _leases.TryUpdate(jobId, leaseId, _leases.GetValueOrDefault(jobId));

    /// <summary>The job's lease that counts; null where the job doesn't run here.</summary>
    public Guid? FindLease(Guid jobId) => _leases.TryGetValue(jobId, out Guid lease) ? lease : null;

    /// <summary>The job has ended here without a receipt: its hold stays open for one that may come.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="countedTokens">The completion tokens that were seen; a receipt is paid for no more.</param>
    public void Leave(Guid jobId, int countedTokens)
    {
        if (_left.TryAdd(jobId, countedTokens))
        {
            _leftInOrder.Enqueue(jobId);
        }

        while (_leftInOrder.Count > MaxLeft && _leftInOrder.TryDequeue(out Guid oldest))
        {
            _left.TryRemove(oldest, out _);
        }

        Remove(jobId);
    }

    /// <summary>What was counted of a job that was left without a receipt; null where none was.</summary>
    public int? FindCounted(Guid jobId) => _left.TryGetValue(jobId, out int counted) ? counted : null;

    /// <summary>The job is settled, or given up.</summary>
    public void Remove(Guid jobId) => _leases.TryRemove(jobId, out _);
}
