using System.Text.Json;
using CocoonOrleans.Inference.Grammars.Automata;

namespace CocoonOrleans.Inference.Grammars.Schemas;

/// <summary>
/// Compiles objects. The listed properties come in the schema's order, those that are not required may be missing; then follow those that are only named
/// in <c>required</c>, then any others where <c>additionalProperties</c> allows them. Where it is absent, others are allowed only if no property is listed.
/// </summary>
internal sealed class ObjectSchema
{
    private readonly List<(string Name, Fragment Value, bool Required)> _properties = [];
    private readonly Fragment? _others;

    /// <summary>Reads a schema.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="value">Compiles the schema of a value.</param>
    /// <param name="anything">Any value.</param>
    public ObjectSchema(SchemaPlace schema, Func<SchemaPlace, Fragment> value, Fragment anything)
    {
        var required = schema["required"]?.Items().Select(item => (Name: item.Text(), Place: item)).ToList() ?? [];
        var names = required.Select(item => item.Name).ToHashSet();
        foreach (var (name, place) in schema["properties"]?.Members() ?? [])
        {
            _properties.Add((name, value(place), names.Remove(name)));
        }

        var additional = schema["additionalProperties"];
        _others = additional switch
        {
            null => _properties.Count == 0 ? anything : null,
            { Element.ValueKind: JsonValueKind.False } => null,
            { } place => value(place),
        };
        foreach (var (name, place) in required.Where(item => names.Remove(item.Name)))
        {
            if (additional is not null && _others is null)
            {
                throw place.Refuse("is required, but neither listed in properties nor allowed by additionalProperties");
            }

            _properties.Add((name, _others ?? anything, Required: true));
        }
    }

    /// <summary>The rule.</summary>
    public Rule Compile(CompileBudget budget) => new(Dfa.Of((nfa, from) => Add(nfa, from, budget), budget), Nests: true);

    private int Add(Nfa nfa, int from, CompileBudget budget)
    {
        // Two ways lead through the properties: before the first one that is there, and behind it, where a comma comes first.
        var (none, some) = (nfa.Add(), nfa.Add());
        nfa.Read(from, (byte)'{', (byte)'{', none);
        foreach (var (name, value, required) in _properties)
        {
            var (nextNone, nextSome) = (nfa.Add(), nfa.Add());
            var property = Fragments.Concat(Fragments.Literal(JsonText.Quote(name)), Fragments.Literal(":"), JsonText.Gap, value);
            nfa.Link(property(nfa, BeforeName(nfa, none, some)), nextSome);
            if (!required)
            {
                nfa.Link(none, nextNone);
                nfa.Link(some, nextSome);
            }

            (none, some) = (nextNone, nextSome);
        }

        if (_others is { } other)
        {
            var name = _properties.Count == 0 ? JsonText.AnyString : JsonText.Quoted(Fragments.Embed(OtherNames(budget)));
            var more = nfa.Add();
            nfa.Link(some, more);
            nfa.Link(Fragments.Concat(name, Fragments.Literal(":"), JsonText.Gap, other)(nfa, BeforeName(nfa, none, more)), more);
            some = more;
        }

        var end = nfa.Add();
        nfa.Read(none, (byte)'}', (byte)'}', end);
        nfa.Read(some, (byte)'}', (byte)'}', end);
        return end;
    }

    private static int BeforeName(Nfa nfa, int none, int some)
    {
        var (comma, name) = (nfa.Add(), nfa.Add());
        nfa.Read(some, (byte)',', (byte)',', comma);
        nfa.Link(none, name);
        nfa.Link(JsonText.Gap(nfa, comma), name);
        return name;
    }

    /// <summary>Names that are not listed. They are written without escapes, so that none of them is a listed one in another spelling.</summary>
    private Dfa OtherNames(CompileBudget budget)
    {
        var listed = Fragments.Choice([.. _properties.Select(property => Fragments.Literal(JsonText.Quote(property.Name)[1..^1]))]);
        return Dfa.Subtract(Dfa.Of(JsonText.PlainCharacters, budget), Dfa.Of(listed, budget), budget);
    }
}
