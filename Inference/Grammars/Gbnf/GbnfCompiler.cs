using System.Runtime.CompilerServices;
using CocoonOrleans.Inference.Grammars.Automata;
using CocoonOrleans.Inference.Grammars.Patterns;
using CocoonOrleans.Inference.Grammars.Schemas;

namespace CocoonOrleans.Inference.Grammars.Gbnf;

/// <summary>
/// Compiles a GBNF grammar into a pushdown automaton. Small rules that hold no rule which holds them are written out where they are named, others are called.
/// A rule that names itself as its last word goes back to its beginning: so a list of any length takes no depth.
/// </summary>
internal sealed class GbnfCompiler
{
    private const string Root = "root";

    /// <summary>Pieces of a rule that is written out where it is named.</summary>
    private const int SmallRule = 48;

    private readonly IReadOnlyDictionary<string, GbnfRule> _source;
    private readonly CompileBudget _budget = new();
    private readonly RuleSet _rules;
    private readonly HashSet<string> _empty = [];
    private readonly HashSet<string> _recursive = [];
    private readonly Dictionary<string, int> _sizes = [];

    private GbnfCompiler(IReadOnlyDictionary<string, GbnfRule> source)
    {
        _source = source;
        _rules = new RuleSet(_budget);
    }

    /// <summary>Compiles.</summary>
    /// <exception cref="GrammarException">See <see cref="Grammar.FromGbnf"/>.</exception>
    public static PushdownAutomaton Compile(string text) => new GbnfCompiler(GbnfParser.Parse(text)).Compile();

    private PushdownAutomaton Compile()
    {
        if (!_source.ContainsKey(Root))
        {
            throw new GrammarException("#", "has no rule named root");
        }

        foreach (var rule in _source.Values)
        {
            foreach (var reference in References(rule.Body))
            {
                if (!_source.ContainsKey(reference.Name))
                {
                    throw new GrammarException($"line {reference.Line}", $"names the rule {reference.Name}, which does not exist");
                }
            }
        }

        FindEmpty();
        RefuseLeftRecursion();
        FindRecursive();
        _rules.Call("(start)", () => new Rule(Dfa.Of(Body(_source[Root]), _budget), Nests: false));
        return new PushdownAutomaton(_rules.Complete(), _budget);
    }

    /// <summary>What a rule says; where it ends with itself, it begins again.</summary>
    private Fragment Body(GbnfRule rule) => (nfa, from) =>
    {
        var start = nfa.Add();
        nfa.Link(from, start);
        return Make(rule.Body, new Tail(rule.Name, start))(nfa, start);
    };

    private Fragment Make(GbnfNode node, Tail? tail)
    {
        _budget.Spend(1);
        RequireStack();
        switch (node)
        {
            case GbnfNode.Characters characters:
                return PatternParser.Plain(characters.Set);
            case GbnfNode.Sequence sequence:
                return Fragments.Concat([.. sequence.Parts.Select((part, index) => Make(part, index == sequence.Parts.Count - 1 ? tail : null))]);
            case GbnfNode.Alternatives alternatives:
                return Fragments.Choice([.. alternatives.Parts.Select(part => Make(part, tail))]);
            case GbnfNode.Repetition repetition:
                return Fragments.Repeat(Make(repetition.Part, null), repetition.Minimum, repetition.Maximum);
            case GbnfNode.Reference reference when reference.Name == tail?.Rule:
                return (nfa, from) =>
                {
                    nfa.Link(from, tail.Start);
                    return nfa.Add();
                };
            case GbnfNode.Reference reference:
                return Name(_source[reference.Name]);
            default:
                throw new ArgumentOutOfRangeException(nameof(node));
        }
    }

    private Fragment Name(GbnfRule rule)
    {
        if (!_recursive.Contains(rule.Name) && SizeOf(rule) <= SmallRule)
        {
            return Make(rule.Body, null);
        }

        var call = _rules.Call(rule.Name, () => new Rule(NotEmpty(Dfa.Of(Body(rule), _budget)), Nests: _recursive.Contains(rule.Name)));
        return _empty.Contains(rule.Name) ? Fragments.Optional(call) : call;
    }

    /// <summary>The same without the empty text: whoever calls a rule that may be empty may also go past it.</summary>
    private static Dfa NotEmpty(Dfa dfa)
    {
        if (!dfa.Nodes[0].Final)
        {
            return dfa;
        }

        // What leads back to the start now leads to a copy of it, where a text may end.
        var copy = dfa.Nodes.Count;
        DfaNode Redirect(DfaNode node) => node with
        {
            Edges = [.. node.Edges.Select(edge => edge.Target == 0 ? edge with { Target = copy } : edge)],
            Calls = [.. node.Calls.Select(call => call.Target == 0 ? call with { Target = copy } : call)],
        };
        return new Dfa([Redirect(dfa.Nodes[0]) with { Final = false }, .. dfa.Nodes.Skip(1).Select(Redirect), Redirect(dfa.Nodes[0])]);
    }

    /// <summary>The pieces of a rule with all that it names; rules that are called count as one.</summary>
    private int SizeOf(GbnfRule rule)
    {
        if (!_sizes.TryGetValue(rule.Name, out var size))
        {
            RequireStack();
            size = Size(rule.Body);
            _sizes.Add(rule.Name, size);
        }

        return size;

        int Size(GbnfNode node) => node switch
        {
            GbnfNode.Sequence sequence => Sum(sequence.Parts),
            GbnfNode.Alternatives alternatives => Sum(alternatives.Parts),
            GbnfNode.Repetition repetition => Math.Min(SmallRule + 1, Size(repetition.Part) * Math.Max(1, repetition.Maximum ?? repetition.Minimum)),
            GbnfNode.Reference reference when !_recursive.Contains(reference.Name) => SizeOf(_source[reference.Name]) is var inner && inner <= SmallRule ? inner : 1,
            _ => 1,
        };

        int Sum(IReadOnlyList<GbnfNode> parts) => Math.Min(SmallRule + 1, parts.Sum(Size) + 1);
    }

    /// <summary>Rules that name each other are followed as deep as the stack allows: a chain of them is as long as its author likes.</summary>
    private static void RequireStack()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw CompileBudget.TooComplex();
        }
    }

    private void FindEmpty()
    {
        for (var changed = true; changed;)
        {
            changed = false;
            foreach (var rule in _source.Values)
            {
                changed |= IsEmpty(rule.Body) && _empty.Add(rule.Name);
            }
        }
    }

    private bool IsEmpty(GbnfNode node)
    {
        _budget.Spend(1);
        return node switch
        {
            GbnfNode.Sequence sequence => sequence.Parts.All(IsEmpty),
            GbnfNode.Alternatives alternatives => alternatives.Parts.Any(IsEmpty),
            GbnfNode.Repetition repetition => repetition.Minimum == 0 || IsEmpty(repetition.Part),
            GbnfNode.Reference reference => _empty.Contains(reference.Name),
            _ => false,
        };
    }

    private void RefuseLeftRecursion()
    {
        var first = _source.Values.ToDictionary(rule => rule.Name, rule => First(rule.Body).Distinct().ToList());
        foreach (var rule in _source.Values)
        {
            if (Reaches(first, rule.Name))
            {
                throw new GrammarException($"line {rule.Line}", $"the rule {rule.Name} begins with itself (left recursion), which is not supported: write it as a repetition");
            }
        }
    }

    /// <summary>The rules that may stand at the beginning.</summary>
    private IEnumerable<string> First(GbnfNode node)
    {
        switch (node)
        {
            case GbnfNode.Reference reference:
                return [reference.Name];
            case GbnfNode.Alternatives alternatives:
                return alternatives.Parts.SelectMany(First);
            case GbnfNode.Repetition repetition:
                return First(repetition.Part);
            case GbnfNode.Sequence sequence:
                var solid = 0;
                while (solid < sequence.Parts.Count && IsEmpty(sequence.Parts[solid]))
                {
                    solid++;
                }

                return sequence.Parts.Take(solid + 1).SelectMany(First);
            default:
                return [];
        }
    }

    private void FindRecursive()
    {
        var named = _source.Values.ToDictionary(rule => rule.Name, rule => References(rule.Body).Select(reference => reference.Name).Distinct().ToList());
        foreach (var name in named.Keys)
        {
            if (Reaches(named, name))
            {
                _recursive.Add(name);
            }
        }
    }

    /// <summary>Whether a way leads from a rule back to it.</summary>
    private bool Reaches(Dictionary<string, List<string>> next, string name)
    {
        var seen = new HashSet<string>();
        var open = new Stack<string>(next[name]);
        while (open.TryPop(out var other))
        {
            _budget.Spend(1);
            if (other == name)
            {
                return true;
            }

            if (seen.Add(other))
            {
                foreach (var further in next[other])
                {
                    open.Push(further);
                }
            }
        }

        return false;
    }

    private static IEnumerable<GbnfNode.Reference> References(GbnfNode node) => node switch
    {
        GbnfNode.Reference reference => [reference],
        GbnfNode.Sequence sequence => sequence.Parts.SelectMany(References),
        GbnfNode.Alternatives alternatives => alternatives.Parts.SelectMany(References),
        GbnfNode.Repetition repetition => References(repetition.Part),
        _ => [],
    };

    /// <summary>A rule that is being made, and the node where it begins.</summary>
    private sealed record Tail(string Rule, int Start);
}
