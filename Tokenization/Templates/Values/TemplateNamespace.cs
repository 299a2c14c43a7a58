namespace CocoonOrleans.Tokenization.Templates.Values;

/// <summary>What <c>namespace()</c> makes: the one value that a template may change.</summary>
internal sealed class TemplateNamespace
{
    private readonly Dictionary<string, object?> _members = new(StringComparer.Ordinal);

    public object? this[string name]
    {
        get => _members.TryGetValue(name, out var value) ? value : TemplateUndefined.Value;
        set => _members[name] = value;
    }
}
