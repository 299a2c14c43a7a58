namespace CocoonOrleans.Grains.Workers;

/// <summary>The slots that are taken, by job. A lease that nobody gives back ends by itself.</summary>
internal sealed class LeaseTable
{
    private readonly Dictionary<Guid, Lease> _byJob = [];

    /// <summary>Leases of all models.</summary>
    public int Count => _byJob.Count;

    /// <summary>A job's lease; null where it has none.</summary>
    public Lease? Find(Guid jobId) => _byJob.GetValueOrDefault(jobId);

    /// <summary>Leases of one model.</summary>
    public int CountOf(string manifestSha256) => _byJob.Values.Count(lease => lease.ManifestSha256 == manifestSha256);

    /// <summary>Takes a slot.</summary>
    public void Add(Lease lease) => _byJob.Add(lease.JobId, lease);

    /// <summary>Gives a slot back.</summary>
    /// <returns>False where there is no such lease.</returns>
    public bool Remove(Guid leaseId, Guid jobId) => _byJob.GetValueOrDefault(jobId)?.LeaseId == leaseId && _byJob.Remove(jobId);

    /// <summary>Ends what has expired.</summary>
    public IReadOnlyList<Lease> RemoveExpired(DateTimeOffset now) => RemoveAll(lease => lease.ExpiresAt <= now);

    /// <summary>Ends the leases of a tunnel: the worker stops what came through it.</summary>
    public IReadOnlyList<Lease> RemoveOf(Guid tunnelId) => RemoveAll(lease => lease.TunnelId == tunnelId);

    /// <summary>Ends all: the boot of the worker that ran them is gone.</summary>
    public void Clear() => _byJob.Clear();

    private List<Lease> RemoveAll(Func<Lease, bool> match)
    {
        List<Lease> removed = [.. _byJob.Values.Where(match)];
        removed.ForEach(lease => _byJob.Remove(lease.JobId));
        return removed;
    }
}

/// <summary>A slot that is taken.</summary>
/// <param name="LeaseId">Its id.</param>
/// <param name="JobId">Its job.</param>
/// <param name="ManifestSha256">The model.</param>
/// <param name="ExpiresAt">When it ends by itself.</param>
/// <param name="TunnelId">The tunnel that the job goes through.</param>
internal sealed record Lease(Guid LeaseId, Guid JobId, string ManifestSha256, DateTimeOffset ExpiresAt, Guid TunnelId);
