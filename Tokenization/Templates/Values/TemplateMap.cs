namespace CocoonOrleans.Tokenization.Templates.Values;

/// <summary>A dictionary in the order of its making. Not changed once a template sees it.</summary>
internal sealed class TemplateMap
{
    private readonly OrderedDictionary<TemplateKey, object?> _entries = [];

    public int Count => _entries.Count;

    public IEnumerable<KeyValuePair<TemplateKey, object?>> Entries => _entries;

    public object? this[string name]
    {
        set => _entries[TemplateKey.Of(name)] = value;
    }

    public object? this[TemplateKey key]
    {
        set => _entries[key] = value;
    }

    public bool TryGet(string name, out object? value) => _entries.TryGetValue(TemplateKey.Of(name), out value);

    public bool TryGet(TemplateKey key, out object? value) => _entries.TryGetValue(key, out value);

    public bool Contains(TemplateKey key) => _entries.ContainsKey(key);

    public TemplateList Keys() => new([.. _entries.Keys.Select(key => key.Value)]);

    public TemplateList Values() => new([.. _entries.Values]);

    public TemplateList Items() => new([.. _entries.Select(entry => (object?)Pair(entry))]);

    public static TemplateList Pair(KeyValuePair<TemplateKey, object?> entry) => new([entry.Key.Value, entry.Value], isTuple: true);
}
