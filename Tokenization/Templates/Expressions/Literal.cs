using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Expressions;

/// <summary>A value that stands in the template.</summary>
internal sealed class Literal(object? value, int line) : TemplateExpression(line)
{
    public object? Value => value;

    protected override object? Compute(TemplateRun run) => value;
}
