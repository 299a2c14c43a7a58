using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Expressions;

/// <summary>Two values and one of <c>+ - * / // % **</c>.</summary>
internal sealed class Arithmetic(string sign, TemplateExpression left, TemplateExpression right, int line) : TemplateExpression(line)
{
    protected override object? Compute(TemplateRun run) => TemplateNumbers.Calculate(sign, left.Evaluate(run), right.Evaluate(run), run);
}
