namespace CocoonOrleans.Gateway.Dispatch;

/// <summary>Takes the body of one worker's answer, piece by piece, and holds it to what the job's kind allows. Takes any bytes; never throws over them.</summary>
public abstract class AnswerReader
{
    /// <summary>Why the answer ended, of several the first, with index 0; null as long as not all of them have.</summary>
    public string? FinishReason { get; protected set; }

    /// <summary>Whether the worker has got to work: from then on it may take as long as the job may.</summary>
    public bool HasBegun { get; protected set; }

    /// <summary>Who answers; null before it is known.</summary>
    public ServingWorker? Worker { get; set; }

    /// <summary>The gateway's count of the completion tokens that came, over all answers.</summary>
    public abstract int CountTokens();

    /// <summary>Takes the next bytes of the body, cut anywhere.</summary>
    /// <returns>A short code of what is wrong with it; null where nothing is.</returns>
    public abstract ValueTask<string?> TakeAsync(ReadOnlyMemory<byte> bytes);
}
