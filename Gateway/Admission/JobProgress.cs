namespace CocoonOrleans.Gateway.Admission;

/// <summary>What is noted of a job while it runs; written by one thread at a time.</summary>
public sealed class JobProgress
{
    /// <summary>How many workers were asked.</summary>
    public int Attempts { get; set; }

    /// <summary>The clock's timestamp of the answer's first token; null before it.</summary>
    public long? FirstToken { get; set; }

    /// <summary>Why the answer ended; null where that was not told.</summary>
    public string? FinishReason { get; set; }
}
