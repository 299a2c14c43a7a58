using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Expressions;

/// <summary>A run of a list: <c>messages[1:]</c>. Either end may be left out or count from the back.</summary>
internal sealed class Slice(TemplateExpression value, TemplateExpression? from, TemplateExpression? to, int line) : TemplateExpression(line)
{
    protected override object? Compute(TemplateRun run)
    {
        if (value.Evaluate(run) is not IReadOnlyList<object?> list)
        {
            throw Fail("slices something that is not a list");
        }

        var start = Place(from, list.Count, absent: 0, run);
        var end = Place(to, list.Count, absent: list.Count, run);
        run.Spend(list.Count * 32);
        return start < end ? list.Skip(start).Take(end - start).ToArray() : Array.Empty<object?>();
    }

    private int Place(TemplateExpression? expression, int count, int absent, TemplateRun run) => expression?.Evaluate(run) switch
    {
        null when expression is null => absent,
        long place => (int)Math.Clamp(place < 0 ? place + count : place, 0, count),
        _ => throw Fail("slices a list by something that is not a number"),
    };
}
