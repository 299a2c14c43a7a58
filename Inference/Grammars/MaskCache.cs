namespace CocoonOrleans.Inference.Grammars;

/// <summary>
/// Masks that were worked out before, up to a number of them. Two generations: what is used moves to the young one; once that is full, what nobody asked
/// for since the last time goes. For one thread.
/// </summary>
internal sealed class MaskCache(int capacity)
{
    private readonly int _youngest = Math.Max(1, capacity / 2);
    private Dictionary<StateKey, ulong[]> _young = [];
    private Dictionary<StateKey, ulong[]> _old = [];

    /// <summary>Number of masks.</summary>
    public int Count => _young.Count + _old.Count;

    public ulong[]? Find(StateKey key)
    {
        if (_young.TryGetValue(key, out var mask))
        {
            return mask;
        }

        if (_old.Remove(key, out mask))
        {
            Add(key, mask);
        }

        return mask;
    }

    public void Add(StateKey key, ulong[] mask)
    {
        if (_young.Count >= _youngest)
        {
            (_old, _young) = (_young, []);
        }

        _young.Add(key, mask);
    }
}
