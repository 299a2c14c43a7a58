namespace CocoonOrleans.Tokenization.Templates.Values;

/// <summary>The value of a name that nobody set. Jinja's none is null.</summary>
internal sealed class TemplateUndefined
{
    public static TemplateUndefined Value { get; } = new();

    private TemplateUndefined()
    {
    }
}
