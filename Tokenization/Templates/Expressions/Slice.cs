using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Expressions;

/// <summary>A part of a list or a text: <c>messages[1:]</c>, <c>messages[::-1]</c>. What is left out goes to the end; places may count from the back.</summary>
internal sealed class Slice(TemplateExpression value, TemplateExpression? from, TemplateExpression? to, TemplateExpression? step, int line) : TemplateExpression(line)
{
    protected override object? Compute(TemplateRun run)
    {
        var whole = value.Evaluate(run);
        var (start, end, stride) = (Place(from, run), Place(to, run), Place(step, run) ?? 1);
        if (stride == 0)
        {
            throw run.Fail("slices by steps of 0");
        }

        if (whole is TemplateList list)
        {
            run.SpendElements(list.Count);
            return new TemplateList([.. Places(list.Count, start, end, stride).Select(place => list[place])], list.IsTuple);
        }

        return whole is MarkedText text ? Part(text, start, end, stride, run) : throw run.Fail("slices something that is neither a list nor a text");
    }

    private static MarkedText Part(MarkedText text, long? start, long? end, long stride, TemplateRun run)
    {
        run.Spend(text.Length);
        var characters = CharacterPlaces.Of(text.Text);
        if (stride == 1)
        {
            var (first, last) = (characters[(int)Bound(start, 0, 0, characters.Count, characters.Count)], characters[(int)Bound(end, characters.Count, 0, characters.Count, characters.Count)]);
            return first < last ? text.Slice(first, last - first) : MarkedText.Empty;
        }

        var part = new MarkedTextBuilder(run);
        foreach (var place in Places(characters.Count, start, end, stride))
        {
            part.Append(text.Slice(characters[place], characters[place + 1] - characters[place]));
        }

        return part.ToText();
    }

    private static IEnumerable<int> Places(int count, long? start, long? end, long stride)
    {
        var (low, high) = stride > 0 ? (0, count) : (-1, count - 1);
        var last = Bound(end, stride > 0 ? high : low, low, high, count);
        for (var place = Bound(start, stride > 0 ? low : high, low, high, count); stride > 0 ? place < last : place > last; place += Math.Clamp(stride, -(long)count - 1, count + 1L))
        {
            yield return (int)place;
        }
    }

    private static long Bound(long? place, long absent, long low, long high, int count) =>
        place is not { } given ? absent : Math.Clamp(given < 0 ? given + count : given, low, high);

    private static long? Place(TemplateExpression? expression, TemplateRun run) => expression?.Evaluate(run) switch
    {
        null => null,
        var place => TemplateNumbers.AsIndex(place) ?? throw run.Fail("slices by something that is not a number"),
    };
}
