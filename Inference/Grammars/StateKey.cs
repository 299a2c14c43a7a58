using CocoonOrleans.Inference.Grammars.Automata;

namespace CocoonOrleans.Inference.Grammars;

/// <summary>Tells states apart that allow different tokens: the key under which a mask is kept.</summary>
internal sealed class StateKey : IEquatable<StateKey>
{
    private readonly (int Node, int CountKey, Frame? Frame)[] _items;
    private readonly int _hash;

    public StateKey(ReadOnlySpan<Configuration> state, PushdownRunner runner)
    {
        _items = new (int, int, Frame?)[state.Length];
        for (var i = 0; i < state.Length; i++)
        {
            _items[i] = (state[i].Node, runner.CountKey(state[i].Node, state[i].Count), state[i].Frame);
        }

        Array.Sort(_items, static (a, b) => (a.Node, a.CountKey, a.Frame?.Hash ?? 0).CompareTo((b.Node, b.CountKey, b.Frame?.Hash ?? 0)));
        var hash = new HashCode();
        foreach (var (node, countKey, frame) in _items)
        {
            hash.Add(node);
            hash.Add(countKey);
            hash.Add(frame?.Hash ?? 0);
        }

        _hash = hash.ToHashCode();
    }

    public bool Equals(StateKey? other)
    {
        if (other is null || other._hash != _hash || other._items.Length != _items.Length)
        {
            return false;
        }

        HashSet<(Frame, Frame)>? known = null;
        for (var i = 0; i < _items.Length; i++)
        {
            if (_items[i].Node != other._items[i].Node || _items[i].CountKey != other._items[i].CountKey || !Frame.Alike(_items[i].Frame, other._items[i].Frame, ref known))
            {
                return false;
            }
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as StateKey);

    public override int GetHashCode() => _hash;
}
