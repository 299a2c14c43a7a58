namespace CocoonOrleans.Grains.Workers;

/// <summary>How a leased job ended, for the worker's reputation. Only <see cref="Failed"/> and <see cref="Garbage"/> count against it.</summary>
[GenerateSerializer, Alias("cocoon.LeaseOutcome")]
public enum LeaseOutcome
{
    /// <summary>Answered in full.</summary>
    Completed,

    /// <summary>The client left or the gateway stopped it.</summary>
    Cancelled,

    /// <summary>The worker died, timed out or reported a fault.</summary>
    Failed,

    /// <summary>The worker sent what no worker may send.</summary>
    Garbage,

    /// <summary>The worker refused before it started, for a reason of its own that is no fault (busy, draining).</summary>
    Refused,
}
