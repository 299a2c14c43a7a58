using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Expressions;

/// <summary><c>x | trim</c>, the same as <c>x.strip()</c>, and <c>x | length</c>.</summary>
internal sealed class Filter(TemplateExpression value, string name, int line) : TemplateExpression(line)
{
    public static IReadOnlyList<string> Known { get; } = ["trim", "length"];

    protected override object? Compute(TemplateRun run)
    {
        var input = value.Evaluate(run);
        run.Spend(input is MarkedText { Text.Length: var characters } ? characters : 0);
        if (name == "length")
        {
            return input switch
            {
                MarkedText text => (object)(long)text.Text.EnumerateRunes().Count(),
                IReadOnlyList<object?> list => (long)list.Count,
                IReadOnlyDictionary<string, object?> map => (long)map.Count,
                _ => throw Fail("takes the length of something that has none"),
            };
        }

        if (input is not MarkedText toTrim)
        {
            throw Fail("trims something that is not a text");
        }

        return toTrim.Trim();
    }
}
