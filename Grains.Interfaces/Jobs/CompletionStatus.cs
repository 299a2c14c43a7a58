namespace CocoonOrleans.Grains.Jobs;

/// <summary>How a job ended.</summary>
[GenerateSerializer, Alias("cocoon.CompletionStatus")]
public enum CompletionStatus
{
    /// <summary>Answered in full, the limit reached included.</summary>
    Complete,

    /// <summary>The client left: what was generated until the stop is charged.</summary>
    Cancelled,

    /// <summary>The worker broke off: what was delivered is charged.</summary>
    Broken,
}
