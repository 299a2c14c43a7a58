using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Expressions;

/// <summary><c>a and b</c>, <c>a or b</c>: the value that decides, and the second only where it has to be known.</summary>
internal sealed class Logic(bool isAnd, TemplateExpression left, TemplateExpression right, int line) : TemplateExpression(line)
{
    protected override object? Compute(TemplateRun run)
    {
        var first = left.Evaluate(run);
        return TemplateValues.IsTrue(first) == isAnd ? right.Evaluate(run) : first;
    }
}
