using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Expressions;

/// <summary>A part of a value: <c>message.role</c>, <c>message['role']</c>, <c>messages[0]</c>.</summary>
internal sealed class Member(TemplateExpression value, TemplateExpression key, int line) : TemplateExpression(line)
{
    protected override object? Compute(TemplateRun run) => TemplateValues.Member(value.Evaluate(run), key.Evaluate(run), Line);
}
