using CocoonOrleans.Inference.Grammars.Automata;

namespace CocoonOrleans.Inference.Grammars.Schemas;

/// <summary>The rules of a grammar that is being compiled. A rule may be called before its body is known, or it could not stand inside itself.</summary>
internal sealed class RuleSet(CompileBudget budget)
{
    private readonly Dictionary<string, int> _numbers = [];
    private readonly List<Rule?> _rules = [];
    private readonly Queue<(int Number, Func<Rule> Make)> _open = new();

    /// <summary>What the grammar may cost.</summary>
    public CompileBudget Budget => budget;

    /// <summary>A call of the rule of that name, which is made later if there is none yet.</summary>
    public Fragment Call(string name, Func<Rule> make)
    {
        if (!_numbers.TryGetValue(name, out var number))
        {
            budget.AddNode();
            _numbers.Add(name, number = _rules.Count);
            _rules.Add(null);
            _open.Enqueue((number, make));
        }

        return Fragments.Call(number);
    }

    /// <summary>All rules, once those are made that were only called so far.</summary>
    public IReadOnlyList<Rule> Complete()
    {
        while (_open.TryDequeue(out var next))
        {
            _rules[next.Number] = next.Make();
        }

        return [.. _rules.Select(rule => rule!)];
    }
}
