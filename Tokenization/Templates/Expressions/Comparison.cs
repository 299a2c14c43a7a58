using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Expressions;

/// <summary><c>a &lt; b</c>, and chains: <c>a &lt; b &lt;= c</c> is <c>a &lt; b and b &lt;= c</c>.</summary>
internal sealed class Comparison(TemplateExpression first, IReadOnlyList<(string Sign, TemplateExpression Value)> others, int line) : TemplateExpression(line)
{
    protected override object? Compute(TemplateRun run)
    {
        var left = first.Evaluate(run);
        foreach (var (sign, value) in others)
        {
            var right = value.Evaluate(run);
            if (!Holds(sign, left, right, run))
            {
                return false;
            }

            left = right;
        }

        return true;
    }

    public static bool Holds(string sign, object? left, object? right, TemplateRun run) => sign switch
    {
        "==" => TemplateValues.AreEqual(left, right, run),
        "!=" => !TemplateValues.AreEqual(left, right, run),
        "<" => TemplateValues.IsLess(left, right, run),
        ">" => TemplateValues.IsLess(right, left, run),
        "<=" => TemplateValues.IsLess(left, right, run) || TemplateValues.AreEqual(left, right, run),
        ">=" => TemplateValues.IsLess(right, left, run) || TemplateValues.AreEqual(left, right, run),
        "in" => TemplateValues.Contains(right, left, run),
        _ => !TemplateValues.Contains(right, left, run),
    };
}
