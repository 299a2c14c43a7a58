using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Expressions;

/// <summary><c>not x</c> and <c>-x</c>.</summary>
internal sealed class Unary(string sign, TemplateExpression operand, int line) : TemplateExpression(line)
{
    protected override object? Compute(TemplateRun run) => (sign, operand.Evaluate(run)) switch
    {
        ("not", var value) => !TemplateValues.IsTrue(value),
        (_, long number) => unchecked(-number),
        _ => throw Fail("takes the negative of something that is not a number"),
    };
}
