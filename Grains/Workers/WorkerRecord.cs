namespace CocoonOrleans.Grains.Workers;

/// <summary>What is stored of a worker. Sessions, slots and leases are not: they end with the activation.</summary>
[GenerateSerializer, Alias("cocoon.WorkerRecord")]
internal sealed class WorkerRecord
{
    /// <summary>The most reputation events that are kept.</summary>
    public const int MaxEvents = 50;

    /// <summary>The last registration; null where there was none.</summary>
    [Id(0)]
    public WorkerRegistration? Registration { get; set; }

    /// <summary>The last epoch that was handed out.</summary>
    [Id(1)]
    public long Epoch { get; set; }

    /// <summary>The first epoch of the worker's present boot: what is lower belongs to a boot that is gone.</summary>
    [Id(2)]
    public long BootEpoch { get; set; }

    /// <summary>Jobs completed.</summary>
    [Id(3)]
    public long Completed { get; set; }

    /// <summary>Jobs failed.</summary>
    [Id(4)]
    public long Failed { get; set; }

    /// <summary>The newest events, oldest first.</summary>
    [Id(5)]
    public Queue<ReputationEvent> Events { get; set; } = [];

    public void Count(LeaseRelease release, DateTimeOffset now)
    {
        if (release.Outcome == LeaseOutcome.Completed)
        {
            Completed++;
            return;
        }

        Failed++;
        Events.Enqueue(new ReputationEvent(now, release.Outcome, release.JobId));
        while (Events.Count > MaxEvents)
        {
            Events.Dequeue();
        }
    }
}
