namespace CocoonOrleans.Grains.Jobs;

/// <summary>What completing a job led to.</summary>
[GenerateSerializer, Alias("cocoon.JobCompletionStatus")]
public enum JobCompletionStatus
{
    /// <summary>Captured now, or by an earlier call with the same result.</summary>
    Captured,

    /// <summary>The hold was released before: recorded, not paid.</summary>
    Late,

    /// <summary>No hold with this id exists.</summary>
    UnknownJob,

    /// <summary>The completion is not well formed (negative counts, a price above the cap, another account's job); the result names the field.</summary>
    Invalid,

    /// <summary>The ledger can't be reached or has too much to do: whether the job was captured is unknown, so repeat the call.</summary>
    Unavailable,
}
