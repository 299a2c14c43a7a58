namespace CocoonOrleans.Grains.Jobs;

/// <summary>What became of a job's hold.</summary>
[GenerateSerializer, Alias("cocoon.JobState")]
public enum JobState
{
    /// <summary>The hold is open.</summary>
    Open,

    /// <summary>Charged; the rest was given back.</summary>
    Captured,

    /// <summary>Given back in full.</summary>
    Released,
}
