using CocoonOrleans.Inference.Grammars.Automata;
using CocoonOrleans.Inference.Grammars.Gbnf;
using CocoonOrleans.Inference.Grammars.Patterns;
using CocoonOrleans.Inference.Grammars.Schemas;

namespace CocoonOrleans.Inference.Grammars;

/// <summary>
/// What an answer must look like, whatever the model would rather say. Compiled once, for any vocabulary; immutable and thread-safe. Requests that give
/// the same instance share their token masks; others share nothing, so that no timing tells one caller about another's grammar.
/// </summary>
public sealed class Grammar
{
    private static readonly Lazy<Grammar> AnyObject = new(() => FromJsonSchema("""{"type":"object"}"""u8.ToArray()));

    private Grammar(PushdownAutomaton automaton)
    {
        Automaton = automaton;
    }

    /// <summary>Any JSON object: OpenAI's <c>json_object</c>.</summary>
    public static Grammar JsonObject => AnyObject.Value;

    internal PushdownAutomaton Automaton { get; }

    /// <summary>The schema as it was given, for a server that keeps to it by its own means; null for a pattern or a GBNF grammar.</summary>
    internal ReadOnlyMemory<byte>? JsonSchema { get; private init; }

    /// <summary>
    /// JSON that satisfies a JSON schema (draft 2020-12, the part of it that <c>docs/structured-output.md</c> lists). Every text of the grammar satisfies the
    /// schema; not every text that does is in the grammar: properties come in the schema's order, without white space but for one space at most
    /// after a colon or a comma.
    /// </summary>
    /// <param name="schema">The schema as JSON in UTF-8.</param>
    /// <exception cref="GrammarException">It is malformed, larger than the bounds, can't be satisfied, or holds a keyword that is not supported.</exception>
    public static Grammar FromJsonSchema(ReadOnlyMemory<byte> schema) => new(SchemaCompiler.Compile(schema)) { JsonSchema = schema.ToArray() };

    /// <summary>Text of which the whole matches a regular expression, in the subset of ECMA-262 that <c>docs/structured-output.md</c> lists.</summary>
    /// <param name="pattern">The regular expression. Anchors around the whole are allowed and change nothing.</param>
    /// <exception cref="GrammarException">It is malformed, larger than the bounds, can't be satisfied, or holds something that is not supported.</exception>
    public static Grammar FromPattern(string pattern)
    {
        var budget = new CompileBudget();
        var body = Dfa.Of(PatternParser.ParseWhole(pattern), budget);
        return new Grammar(new PushdownAutomaton([new Rule(body, Nests: false)], budget));
    }

    /// <summary>Text of a grammar in llama.cpp's notation, the part of it that <c>docs/structured-output.md</c> lists. The text is what its rule <c>root</c> says.</summary>
    /// <param name="grammar">The rules.</param>
    /// <exception cref="GrammarException">It is malformed, larger than the bounds, can't be satisfied, or holds something that is not supported; the path is the line.</exception>
    public static Grammar FromGbnf(string grammar) => new(GbnfCompiler.Compile(grammar));
}
