namespace CocoonOrleans.Tokenization.Templates.BuiltIns;

/// <summary>Built-ins by name.</summary>
internal sealed class BuiltInTable(params IEnumerable<BuiltIn> builtIns)
{
    private readonly Dictionary<string, BuiltIn> _byName = builtIns.ToDictionary(builtIn => builtIn.Name, StringComparer.Ordinal);

    public IEnumerable<string> Names => _byName.Keys;

    public BuiltIn? Find(string name) => _byName.GetValueOrDefault(name);
}
