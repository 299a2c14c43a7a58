namespace CocoonOrleans.Inference.Scheduling;

/// <summary>
/// Gives out the blocks of a key-value cache. A full block may be registered under a key; then sequences with the same beginning share it, and it is kept
/// after the last of them until its place is needed, the longest unused first. Whatever leaves is overwritten with zeros before anybody gets its place.
/// For one thread.
/// </summary>
internal sealed class BlockPool
{
    private readonly Action<int> _clear;
    private readonly Stack<int> _free = [];
    private readonly int[] _references;
    private readonly PrefixKey?[] _keys;
    private readonly int[]?[] _ids;
    private readonly Dictionary<PrefixKey, int> _byKey = [];
    private readonly LinkedList<int> _unused = [];
    private readonly LinkedListNode<int>[] _nodes;

    /// <param name="blocks">Number of blocks.</param>
    /// <param name="clear">Writes zeros over a block.</param>
    public BlockPool(int blocks, Action<int> clear)
    {
        _clear = clear;
        _references = new int[blocks];
        _keys = new PrefixKey?[blocks];
        _ids = new int[]?[blocks];
        _nodes = [.. Enumerable.Range(0, blocks).Select(block => new LinkedListNode<int>(block))];

        // The lowest first: the system has given memory to those that were used before.
        for (var block = blocks - 1; block >= 0; block--)
        {
            _free.Push(block);
        }
    }

    /// <summary>Number of blocks.</summary>
    public int Count => _references.Length;

    /// <summary>Blocks that can be had: free ones, and cached ones that no sequence uses.</summary>
    public int Available => _free.Count + _unused.Count;

    /// <summary>Blocks that sequences use.</summary>
    public int Used => Count - Available;

    /// <summary>Takes a block that holds nothing.</summary>
    /// <returns>False where none can be had.</returns>
    public bool TryTake(out int block)
    {
        if (!_free.TryPop(out block))
        {
            if (_unused.First is not { } oldest)
            {
                return false;
            }

            block = oldest.Value;
            _unused.RemoveFirst();
            Forget(block);
        }

        _references[block] = 1;
        return true;
    }

    /// <summary>Whether a block is registered under a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="ids">The token ids that it has to hold, compared on a hit.</param>
    public bool Holds(PrefixKey key, ReadOnlySpan<int> ids) => _byKey.TryGetValue(key, out var block) && ids.SequenceEqual(_ids[block]);

    /// <summary>Takes a share of the block that is registered under a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="ids">The token ids that it has to hold, compared on a hit.</param>
    /// <param name="block">The block.</param>
    public bool TryShare(PrefixKey key, ReadOnlySpan<int> ids, out int block)
    {
        if (!_byKey.TryGetValue(key, out block) || !ids.SequenceEqual(_ids[block]))
        {
            return false;
        }

        if (_references[block]++ == 0)
        {
            _unused.Remove(_nodes[block]);
        }

        return true;
    }

    /// <summary>Registers a full block, unless another one has its key already.</summary>
    public void Register(int block, PrefixKey key, ReadOnlySpan<int> ids)
    {
        if (_keys[block] is null && _byKey.TryAdd(key, block))
        {
            (_keys[block], _ids[block]) = (key, ids.ToArray());
        }
    }

    /// <summary>Gives a share back.</summary>
    /// <param name="block">The block.</param>
    /// <param name="keep">Whether a registered block may stay for later sequences.</param>
    public void Release(int block, bool keep)
    {
        if (--_references[block] > 0)
        {
            return;
        }

        if (keep && _keys[block] is not null)
        {
            _unused.AddLast(_nodes[block]);
            return;
        }

        Forget(block);
        _free.Push(block);
    }

    /// <summary>What a block that nobody uses is registered under; null where it is in use or under nothing.</summary>
    public PrefixKey? UnusedKeyOf(int block) => _references[block] == 0 ? _keys[block] : null;

    /// <summary>Throws away a block that nobody uses, if it is still registered under a key.</summary>
    public void Drop(int block, PrefixKey key)
    {
        if (UnusedKeyOf(block) == key)
        {
            _unused.Remove(_nodes[block]);
            Forget(block);
            _free.Push(block);
        }
    }

    private void Forget(int block)
    {
        if (_keys[block] is { } key)
        {
            _byKey.Remove(key);
            Array.Clear(_ids[block]!);
            (_keys[block], _ids[block]) = (null, null);
        }

        _clear(block);
    }
}
