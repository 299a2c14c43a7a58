using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Expressions;

/// <summary><c>not x</c>, <c>-x</c> and <c>+x</c>.</summary>
internal sealed class Unary(string sign, TemplateExpression operand, int line) : TemplateExpression(line)
{
    protected override object? Compute(TemplateRun run)
    {
        var value = operand.Evaluate(run);
        return sign switch
        {
            "not" => !TemplateValues.IsTrue(value),
            "-" => TemplateNumbers.Negative(value, run),
            _ => value is double ? value : (object)(TemplateNumbers.AsIndex(value) ?? throw run.Fail("takes as a number something that is none")),
        };
    }
}
