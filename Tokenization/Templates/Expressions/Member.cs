using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Expressions;

/// <summary><c>message.role</c>.</summary>
internal sealed class Member(TemplateExpression value, string name, int line) : TemplateExpression(line)
{
    public string Name => name;

    protected override object? Compute(TemplateRun run) => TemplateValues.Attribute(value.Evaluate(run), name, run);
}
