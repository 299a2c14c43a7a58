using CocoonOrleans.Inference.Models;

namespace CocoonOrleans.Inference.Scheduling;

/// <summary>The part of the key-value cache that one sequence has. For one thread.</summary>
internal sealed class SequenceBlocks
{
    private readonly BlockPool _pool;
    private readonly PrefixKey _root;
    private readonly PausedBlocks? _paused;
    private PrefixKey? _chain;
    private int _registered;

    /// <param name="pool">Where blocks come from.</param>
    /// <param name="root">The start of its chain of keys.</param>
    /// <param name="keep">Whether other sequences can have this root, so that full blocks are worth keeping.</param>
    public SequenceBlocks(BlockPool pool, PrefixKey root, bool keep)
        : this(pool, root, keep ? null : new PausedBlocks(pool))
    {
    }

    private SequenceBlocks(BlockPool pool, PrefixKey root, PausedBlocks? paused)
    {
        (_pool, _root, _paused) = (pool, root, paused);
        paused?.Enter();
    }

    /// <summary>The blocks.</summary>
    public BlockTable Table { get; } = new();

    /// <summary>Positions whose keys and values are stored.</summary>
    public int Computed { get; private set; }

    private PrefixKey Last => _chain ?? _root;

    /// <summary>How many blocks so many positions take.</summary>
    public static int BlocksFor(int positions) => (positions + IDecoder.BlockTokens - 1) / IDecoder.BlockTokens;

    /// <summary>The part of another sequence that begins with the same tokens.</summary>
    public SequenceBlocks Sibling() => new(_pool, _root, _paused);

    /// <summary>Takes shares of the cached blocks that a sequence begins with. At least its last token is left to compute, since somebody has to make its logits.</summary>
    /// <param name="ids">The sequence.</param>
    public void Adopt(ReadOnlySpan<int> ids)
    {
        while (Computed + IDecoder.BlockTokens < ids.Length)
        {
            var block = ids.Slice(Computed, IDecoder.BlockTokens);
            var key = Last.Next(block);
            if (!_pool.TryShare(key, block, out var cached))
            {
                return;
            }

            Table.Add(cached);
            (_chain, _registered, Computed) = (key, _registered + 1, Computed + IDecoder.BlockTokens);
        }
    }

    /// <summary>How many positions it would find if it adopted now.</summary>
    public int CountCached(ReadOnlySpan<int> ids)
    {
        var (key, found) = (Last, Computed);
        for (; found + IDecoder.BlockTokens < ids.Length; found += IDecoder.BlockTokens)
        {
            var block = ids.Slice(found, IDecoder.BlockTokens);
            key = key.Next(block);
            if (!_pool.Holds(key, block))
            {
                break;
            }
        }

        return found;
    }

    /// <summary>Takes blocks until so many positions have room.</summary>
    /// <returns>False where too few can be had; what was taken stays taken.</returns>
    public bool TryReserve(int positions)
    {
        while (Table.Capacity < positions)
        {
            if (!_pool.TryTake(out var block))
            {
                return false;
            }

            Table.Add(block);
        }

        return true;
    }

    /// <summary>So many positions are stored now; the blocks that became full are registered.</summary>
    /// <param name="computed">How many.</param>
    /// <param name="ids">The sequence.</param>
    public void Advance(int computed, ReadOnlySpan<int> ids)
    {
        Computed = computed;
        for (; (_registered + 1) * IDecoder.BlockTokens <= computed; _registered++)
        {
            var block = ids.Slice(_registered * IDecoder.BlockTokens, IDecoder.BlockTokens);
            var key = Last.Next(block);
            _chain = key;
            _pool.Register(Table.Blocks[_registered], key, block);
        }
    }

    /// <summary>Gives everything back.</summary>
    /// <param name="pause">Whether the sequence will go on later, or a sibling begin, so that its blocks are worth keeping even if nobody else can use them.</param>
    public void Release(bool pause = false)
    {
        // From the end: what a shorter sequence could use is thrown away last.
        for (var i = Table.Count - 1; i >= 0; i--)
        {
            _pool.Release(Table.Blocks[i], keep: pause || _paused is null);
            if (pause)
            {
                _paused?.Add(Table.Blocks[i]);
            }
        }

        Table.Clear();
        (_chain, _registered, Computed) = (null, 0, 0);
    }

    /// <summary>The sequence has ended, and has given everything back: what it paused goes with the last of its siblings.</summary>
    public void End() => _paused?.Leave();
}
