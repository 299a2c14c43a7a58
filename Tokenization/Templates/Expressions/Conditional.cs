using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Expressions;

/// <summary><c>a if condition else b</c>; without else the other value is undefined.</summary>
internal sealed class Conditional(TemplateExpression condition, TemplateExpression then, TemplateExpression? otherwise, int line) : TemplateExpression(line)
{
    protected override object? Compute(TemplateRun run) =>
        TemplateValues.IsTrue(condition.Evaluate(run)) ? then.Evaluate(run) : otherwise is null ? TemplateUndefined.Value : otherwise.Evaluate(run);
}
