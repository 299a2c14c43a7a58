using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Expressions;

/// <summary><c>[a, b]</c>, or the tuple <c>(a, b)</c>.</summary>
internal sealed class ListLiteral(IReadOnlyList<TemplateExpression> items, bool isTuple, int line) : TemplateExpression(line)
{
    protected override object? Compute(TemplateRun run) => new TemplateList([.. items.Select(item => item.Evaluate(run))], isTuple);
}
