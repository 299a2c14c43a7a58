namespace CocoonOrleans.Inference.Scheduling;

/// <summary>
/// Blocks that a request which shares with no other left in the cache for its own answers, between two of their places. They go when its last answer has ended: nobody could ever find
/// them. For one thread.
/// </summary>
/// <param name="pool">Where the blocks are.</param>
internal sealed class PausedBlocks(BlockPool pool)
{
    private readonly Dictionary<int, PrefixKey> _blocks = [];
    private int _answers;

    /// <summary>An answer more.</summary>
    public void Enter() => _answers++;

    /// <summary>A block was given back for later.</summary>
    public void Add(int block)
    {
        if (pool.UnusedKeyOf(block) is { } key)
        {
            _blocks[block] = key;
        }
    }

    /// <summary>An answer has ended, and has given its blocks back.</summary>
    public void Leave()
    {
        if (--_answers > 0)
        {
            return;
        }

        foreach (var (block, key) in _blocks)
        {
            pool.Drop(block, key);
        }

        _blocks.Clear();
    }
}
