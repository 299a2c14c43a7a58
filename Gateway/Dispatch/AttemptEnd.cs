namespace CocoonOrleans.Gateway.Dispatch;

/// <summary>How an attempt at one worker ended.</summary>
public enum AttemptEnd
{
    /// <summary>The answer is complete.</summary>
    Finished,

    /// <summary>The gateway let go of it: the client left, or the job's time is over.</summary>
    Stopped,

    /// <summary>The worker did not deliver.</summary>
    Failed,
}
