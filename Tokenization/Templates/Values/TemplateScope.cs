namespace CocoonOrleans.Tokenization.Templates.Values;

/// <summary>Variables, and those around them that show through.</summary>
internal sealed class TemplateScope(TemplateScope? outer)
{
    private Dictionary<string, object?>? _values;

    public object? this[string name]
    {
        get
        {
            for (var scope = this; scope is not null; scope = scope.Outer)
            {
                if (scope._values is { } values && values.TryGetValue(name, out var value))
                {
                    return value;
                }
            }

            return TemplateUndefined.Value;
        }

        set => (_values ??= new(StringComparer.Ordinal))[name] = value;
    }

    private TemplateScope? Outer => outer;
}
