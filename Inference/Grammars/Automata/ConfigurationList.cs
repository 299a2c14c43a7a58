namespace CocoonOrleans.Inference.Grammars.Automata;

/// <summary>A growing list of configurations that can be cut back: sets of them lie one behind the other.</summary>
internal sealed class ConfigurationList
{
    private Configuration[] _items = new Configuration[16];

    /// <summary>Number of configurations.</summary>
    public int Count { get; private set; }

    /// <summary>How many configurations were compared so far.</summary>
    public long Compared { get; private set; }

    public Configuration this[int index] => _items[index];

    /// <summary>Adds a configuration unless the set that begins at <paramref name="start"/> has it.</summary>
    /// <returns>Whether it was added.</returns>
    public bool Add(in Configuration item, int start)
    {
        Compared += Count - start;
        for (var i = start; i < Count; i++)
        {
            if (_items[i].Node == item.Node && _items[i].Count == item.Count && ReferenceEquals(_items[i].Frame, item.Frame))
            {
                return false;
            }
        }

        if (Count == _items.Length)
        {
            Array.Resize(ref _items, 2 * Count);
        }

        _items[Count++] = item;
        return true;
    }

    /// <summary>Keeps only the first ones.</summary>
    public void Truncate(int count) => Count = count;

    /// <summary>The configurations from one place up to another.</summary>
    public ReadOnlySpan<Configuration> Slice(int start, int end) => _items.AsSpan(start, end - start);
}
