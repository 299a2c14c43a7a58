using CocoonOrleans.Inference.Grammars.Automata;
using CocoonOrleans.Inference.Grammars.Patterns;

namespace CocoonOrleans.Inference.Grammars.Schemas;

/// <summary>Compiles strings: length, pattern, format.</summary>
internal static class StringSchema
{
    /// <summary>What a schema says of strings.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="rules">Where rules are added.</param>
    public static Fragment Compile(SchemaPlace schema, RuleSet rules)
    {
        var minimum = schema["minLength"]?.Count() ?? 0;
        var maximum = schema["maxLength"]?.Count();
        if (maximum < minimum)
        {
            throw schema["maxLength"]!.Value.Refuse("is below minLength");
        }

        var content = Content(schema, rules.Budget);
        if (content is null)
        {
            return minimum == 0 && maximum is null ? JsonText.AnyString : rules.Call(schema.Path + "(string)", () => new Rule(OfLength(minimum, maximum, rules.Budget), Nests: false, minimum, maximum));
        }

        if (minimum > 0 || maximum is not null)
        {
            var anyOfLength = Dfa.Of(Fragments.Repeat(JsonText.Canonical(CodePointSet.All), minimum, maximum), rules.Budget);
            content = Dfa.Intersect(content, anyOfLength, rules.Budget);
        }

        return JsonText.Quoted(Fragments.Embed(content));
    }

    private static Dfa? Content(SchemaPlace schema, CompileBudget budget)
    {
        Dfa? content = null;
        if (schema["pattern"] is { } pattern)
        {
            content = Dfa.Of(PatternParser.ParseSearch(pattern.Text(), pattern.Path, JsonText.Canonical), budget);
        }

        if (schema["format"] is not { } format)
        {
            return content;
        }

        var known = StringFormats.Find(format.Text()) ?? throw format.Refuse($"this format is not supported; supported are {string.Join(", ", StringFormats.Names)}");
        var formatted = Dfa.Of(PatternParser.ParseSearch($"^({known})$", format.Path, JsonText.Canonical), budget);
        return content is null ? formatted : Dfa.Intersect(content, formatted, budget);
    }

    /// <summary>A string whose characters the rule's counter counts, so that a long one needs no more nodes than a short one.</summary>
    private static Dfa OfLength(int minimum, int? maximum, CompileBudget budget)
    {
        var nfa = new Nfa(budget);
        var (first, more, end) = (nfa.Add(), nfa.Add(), nfa.Add());
        nfa.Read(0, (byte)'"', (byte)'"', first);
        nfa.MarkCounting(more);
        foreach (var node in (int[])[first, more])
        {
            JsonText.AddCharacter(nfa, node, more, maximum is null ? Guard.None : Guard.Again);
            nfa.Read(node, (byte)'"', (byte)'"', end, minimum == 0 ? Guard.None : Guard.Exit);
        }

        return SubsetConstruction.Run(nfa, end, budget);
    }
}
