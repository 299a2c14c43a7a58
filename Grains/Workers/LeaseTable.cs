namespace CocoonOrleans.Grains.Workers;

/// <summary>
/// The slots that are taken, by job. A lease that nobody gives back ends by itself. One that ended with its tunnel or boot takes no slot, but is known until
/// it expires, since how its job went is often told only then: of a worker that dies, the tunnel's end is heard first.
/// </summary>
internal sealed class LeaseTable
{
    private const int MaxEnded = 1024;

    private readonly Dictionary<Guid, Lease> _byJob = [];
    private readonly Dictionary<Guid, Lease> _ended = [];

    /// <summary>Leases of all models.</summary>
    public int Count => _byJob.Count;

    /// <summary>A job's lease; null where it has none.</summary>
    public Lease? Find(Guid jobId) => _byJob.GetValueOrDefault(jobId);

    /// <summary>Leases of one model.</summary>
    public int CountOf(string manifestSha256) => _byJob.Values.Count(lease => lease.ManifestSha256 == manifestSha256);

    /// <summary>Takes a slot.</summary>
    public void Add(Lease lease) => _byJob.Add(lease.JobId, lease);

    /// <summary>Gives a slot back, where it is not free already.</summary>
    /// <returns>False where there is no such lease.</returns>
    public bool Remove(Guid leaseId, Guid jobId) =>
        _byJob.GetValueOrDefault(jobId)?.LeaseId == leaseId ? _byJob.Remove(jobId) : _ended.Remove(leaseId);

    /// <summary>Ends what has expired.</summary>
    public IReadOnlyList<Lease> RemoveExpired(DateTimeOffset now)
    {
        foreach (Lease lease in _ended.Values.Where(lease => lease.ExpiresAt <= now).ToList())
        {
            _ended.Remove(lease.LeaseId);
        }

        return RemoveAll(lease => lease.ExpiresAt <= now);
    }

    /// <summary>Ends the leases of a tunnel: the worker stops what came through it.</summary>
    public IReadOnlyList<Lease> End(Guid tunnelId) => Remember(RemoveAll(lease => lease.TunnelId == tunnelId));

    /// <summary>Ends all: the boot of the worker that ran them is gone.</summary>
    public IReadOnlyList<Lease> EndAll() => Remember(RemoveAll(_ => true));

    private List<Lease> Remember(List<Lease> ended)
    {
        foreach (Lease lease in ended.Take(MaxEnded - _ended.Count))
        {
            _ended[lease.LeaseId] = lease;
        }

        return ended;
    }

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
