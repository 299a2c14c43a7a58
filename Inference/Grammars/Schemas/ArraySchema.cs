using System.Text.Json;
using CocoonOrleans.Inference.Grammars.Automata;

namespace CocoonOrleans.Inference.Grammars.Schemas;

/// <summary>
/// Compiles arrays: first the items that have a schema of their own, then any number of the others within the bounds. Where <c>prefixItems</c> is there and
/// <c>items</c> is not, others come only if <c>minItems</c> asks for them.
/// </summary>
internal sealed class ArraySchema
{
    private readonly List<Fragment> _prefix;
    private readonly Fragment? _others;
    private readonly int _minimum;
    private readonly int? _maximum;

    /// <summary>Reads a schema.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="value">Compiles the schema of an item.</param>
    /// <param name="anything">Any value.</param>
    public ArraySchema(SchemaPlace schema, Func<SchemaPlace, Fragment> value, Fragment anything)
    {
        (_minimum, _maximum) = (schema["minItems"]?.Count() ?? 0, schema["maxItems"]?.Count());
        if (_maximum < _minimum)
        {
            throw schema["maxItems"]!.Value.Refuse("is below minItems");
        }

        _prefix = [.. (schema["prefixItems"]?.Items() ?? []).Take(_maximum ?? int.MaxValue).Select(value)];
        var others = schema["items"];
        if (others is { Element.ValueKind: JsonValueKind.Array } tuple)
        {
            throw tuple.Refuse("must be a schema; for a schema of each item write prefixItems");
        }

        _others = others switch
        {
            null => _prefix.Count == 0 || _minimum > _prefix.Count ? anything : null,
            { Element.ValueKind: JsonValueKind.False } => null,
            { } place => value(place),
        };
        if (_maximum <= _prefix.Count)
        {
            _others = null;
        }
    }

    /// <summary>The rule.</summary>
    public Rule Compile(CompileBudget budget)
    {
        // The counter counts commas behind the first item of those that are not in the prefix.
        var minimum = Math.Max(0, _minimum - _prefix.Count - 1);
        var maximum = _maximum - _prefix.Count - 1;
        var body = Dfa.Of((nfa, from) => Add(nfa, from, minimum, maximum), budget);
        return _others is null ? new Rule(body, Nests: true) : new Rule(body, Nests: true, minimum, maximum);
    }

    private int Add(Nfa nfa, int from, int minimum, int? maximum)
    {
        var (at, end) = (nfa.Add(), nfa.Add());
        nfa.Read(from, (byte)'[', (byte)'[', at);
        for (var count = 0; ; count++)
        {
            if (count >= _minimum)
            {
                nfa.Read(at, (byte)']', (byte)']', end);
            }

            var isOther = count == _prefix.Count;
            if (isOther && _others is null)
            {
                return end;
            }

            var item = isOther ? _others! : _prefix[count];
            at = (count == 0 ? item : Fragments.Concat(Fragments.Literal(","), JsonText.Gap, item))(nfa, at);
            if (isOther)
            {
                AddOthers(nfa, at, end, minimum, maximum);
                return end;
            }
        }
    }

    private void AddOthers(Nfa nfa, int behindFirst, int end, int minimum, int? maximum)
    {
        var (behind, comma) = (nfa.Add(), nfa.Add());
        nfa.Link(behindFirst, behind);
        nfa.Read(behind, (byte)']', (byte)']', end, minimum == 0 ? Guard.None : Guard.Exit);
        nfa.Read(behind, (byte)',', (byte)',', comma, maximum is null ? Guard.None : Guard.Again);
        nfa.MarkCounting(comma);
        nfa.Link(Fragments.Concat(JsonText.Gap, _others!)(nfa, comma), behind);
    }
}
