namespace CocoonOrleans.Sealing.Epochs;

/// <summary>The requests that were opened under one epoch's keys. It forgets none while it lives: when it is full, new ones are refused. Thread-safe.</summary>
/// <param name="capacity">Most requests.</param>
internal sealed class ReplayMemory(int capacity)
{
    private readonly HashSet<Digest> _seen = [];

    /// <summary>What speaks against a request now.</summary>
    /// <param name="headerHash">Names it.</param>
    public SealingFault Check(Digest headerHash)
    {
        lock (_seen)
        {
            return Judge(headerHash);
        }
    }

    /// <summary>Remembers a request, unless something speaks against it.</summary>
    /// <param name="headerHash">Names it.</param>
    public SealingFault Use(Digest headerHash)
    {
        lock (_seen)
        {
            var fault = Judge(headerHash);
            if (fault == SealingFault.None)
            {
                _seen.Add(headerHash);
            }

            return fault;
        }
    }

    private SealingFault Judge(Digest headerHash) =>
        _seen.Contains(headerHash) ? SealingFault.Replayed : _seen.Count >= capacity ? SealingFault.ReplayMemoryFull : SealingFault.None;
}
