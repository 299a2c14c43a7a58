using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Expressions;

/// <summary><c>{'name': value}</c>.</summary>
internal sealed class MapLiteral(IReadOnlyList<(TemplateExpression Key, TemplateExpression Value)> entries, int line) : TemplateExpression(line)
{
    protected override object? Compute(TemplateRun run)
    {
        var map = new TemplateMap();
        foreach (var (key, value) in entries)
        {
            map[TemplateValues.KeyOf(key.Evaluate(run), run)] = value.Evaluate(run);
        }

        return map;
    }
}
