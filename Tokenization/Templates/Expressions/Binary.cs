using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Expressions;

/// <summary>Two values and a sign between them.</summary>
internal sealed class Binary(string sign, TemplateExpression left, TemplateExpression right, int line) : TemplateExpression(line)
{
    protected override object? Compute(TemplateRun run)
    {
        var first = left.Evaluate(run);
        switch (sign)
        {
            case "and":
                return TemplateValues.IsTrue(first) ? right.Evaluate(run) : first;
            case "or":
                return TemplateValues.IsTrue(first) ? first : right.Evaluate(run);
        }

        var second = right.Evaluate(run);
        return sign switch
        {
            "==" => AreEqual(first, second, run),
            "!=" => !AreEqual(first, second, run),
            "in" => TemplateValues.Contains(second, first, run, Line),
            "not in" => !TemplateValues.Contains(second, first, run, Line),
            "~" => run.Join(TemplateValues.ToText(first, Line), TemplateValues.ToText(second, Line)),
            "+" when first is MarkedText a && second is MarkedText b => run.Join(a, b),
            _ => Calculate(AsNumber(first), AsNumber(second)),
        };
    }

    private static bool AreEqual(object? first, object? second, TemplateRun run)
    {
        run.Spend(first is MarkedText text ? text.Text.Length : 0);
        return TemplateValues.AreEqual(first, second);
    }

    private long AsNumber(object? value) => value is long number ? number : throw Fail($"uses '{sign}' on values that don't go together");

    private object Calculate(long first, long second) => sign switch
    {
        "+" => unchecked(first + second),
        "-" => unchecked(first - second),
        "*" => unchecked(first * second),
        "<" => first < second,
        ">" => first > second,
        "<=" => first <= second,
        ">=" => first >= second,
        _ => Remainder(first, second),
    };

    /// <summary>Python's: it has the sign of the divisor.</summary>
    private long Remainder(long first, long second)
    {
        if (second is 0 or -1)
        {
            return second == 0 ? throw Fail("divides by zero") : 0;
        }

        var rest = first % second;
        return rest != 0 && rest < 0 != second < 0 ? rest + second : rest;
    }
}
