namespace CocoonOrleans.Gateway.Dispatch;

/// <summary>Where an answer goes: to the client piece by piece, or into one document.</summary>
public interface IAnswerSink
{
    /// <summary>Whether a part of the answer is out: from then on no other worker can take over.</summary>
    bool HasDelivered { get; }

    /// <summary>Takes the next chunk.</summary>
    /// <param name="chunk">Its bytes, checked; valid during the call.</param>
    /// <param name="content">What it says.</param>
    ValueTask DeliverAsync(ReadOnlyMemory<byte> chunk, ChunkContent content);

    /// <summary>Forgets what was taken and not delivered: another worker begins anew.</summary>
    void Reset();
}
