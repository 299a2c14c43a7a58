using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Expressions;

/// <summary><c>message['role']</c>, <c>messages[0]</c>.</summary>
internal sealed class Item(TemplateExpression value, TemplateExpression key, int line) : TemplateExpression(line)
{
    protected override object? Compute(TemplateRun run) => TemplateValues.Item(value.Evaluate(run), key.Evaluate(run), run);
}
