namespace CocoonOrleans.Inference.Grammars.Automata;

/// <summary>
/// Runs a pushdown automaton over bytes. A state is a set of configurations; it is empty exactly where no text begins with the bytes so far. For one
/// thread.
/// </summary>
/// <param name="automaton">The automaton.</param>
/// <param name="lookahead">The longest token in bytes: what lies further ahead tells no two states apart.</param>
internal sealed class PushdownRunner(PushdownAutomaton automaton, int lookahead)
{
    private readonly List<(int Rule, Configuration Return)> _calls = [];
    private readonly List<Configuration> _returns = [];

    /// <summary>Adds the state before the first byte.</summary>
    public void Start(ConfigurationList to)
    {
        var start = to.Count;
        Enter(new Configuration(automaton.EntryOf(0), 0, null), to, start);
        RunCalls(to, start);
    }

    /// <summary>Adds the state after one more byte.</summary>
    /// <param name="list">Holds the state before and gets the one after.</param>
    /// <param name="from">Where the state before begins.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="value">The byte.</param>
    public void Step(ConfigurationList list, int from, int end, byte value)
    {
        var start = list.Count;
        for (var i = from; i < end; i++)
        {
            var at = list[i];
            var next = automaton.Next(at.Node, value, at.Count);
            if (next != PushdownAutomaton.None)
            {
                Arrive(at with { Node = next }, list, start);
            }
        }

        if (_calls.Count > 0)
        {
            RunCalls(list, start);
        }

        if (list.Count - start > GrammarLimits.Configurations)
        {
            list.Truncate(start);
        }
    }

    /// <summary>
    /// What tells a counter apart from others within the reach of a token: how much is missing to the minimum and how much is left to the maximum, as far
    /// as a token can tell. So the thousandth character of a text of a million shares the mask of the first.
    /// </summary>
    public int CountKey(int node, int count)
    {
        var rule = automaton.RuleOf(node);
        if (rule is { Minimum: 0, Maximum: null })
        {
            return 0;
        }

        var reach = Math.Min(lookahead, 30_000) + 1;
        var missing = Math.Clamp(rule.Minimum - count, 0, reach);
        var left = rule.Maximum is { } maximum ? Math.Min(maximum - count, reach) : reach;
        return missing * (reach + 1) + left;
    }

    /// <summary>The least bytes that end the text from here, counters left out: so it may need more, never less.</summary>
    public int LeastBytes(in Configuration at) => automaton.BytesToTheEnd(at.Node) + (at.Frame?.LeastBytes ?? 0);

    private void Arrive(Configuration at, ConfigurationList to, int start)
    {
        if ((automaton.Traits(at.Node) & NodeTraits.Counting) != 0)
        {
            // Where there is no maximum, counting beyond the minimum tells nothing.
            var rule = automaton.RuleOf(at.Node);
            at = at with { Count = rule.Maximum is null ? Math.Min(at.Count + 1, rule.Minimum) : at.Count + 1 };
        }

        Enter(at, to, start);
    }

    private void Enter(Configuration at, ConfigurationList to, int start)
    {
        if ((at.Frame?.Depth ?? 0) + automaton.DepthNeeded(at.Node) > GrammarLimits.OutputDepth)
        {
            return;
        }

        var traits = automaton.Traits(at.Node);
        var ends = (traits & NodeTraits.Final) != 0;
        // The end of the first rule stays, though it reads nothing: it says that the text is complete.
        if (((traits & NodeTraits.Reads) != 0 || (ends && at.Frame is null)) && !to.Add(at, start))
        {
            return;
        }

        foreach (var call in automaton.Calls(at.Node))
        {
            _calls.Add((call.Rule, at with { Node = call.Target }));
        }

        if (ends && at.Frame is { } frame)
        {
            foreach (var next in frame.Returns)
            {
                Arrive(next, to, start);
            }
        }
    }

    /// <summary>Opens all rules that were called at this place, each once. No rule calls another one before its first byte, so one round is enough.</summary>
    private void RunCalls(ConfigurationList to, int start)
    {
        while (_calls.Count > 0)
        {
            var rule = _calls[0].Rule;
            _returns.Clear();
            for (var i = _calls.Count - 1; i >= 0; i--)
            {
                if (_calls[i].Rule == rule)
                {
                    if (!_returns.Contains(_calls[i].Return))
                    {
                        _returns.Add(_calls[i].Return);
                    }

                    _calls.RemoveAt(i);
                }
            }

            Open(rule, to, start);
        }
    }

    private void Open(int rule, ConfigurationList to, int start)
    {
        var depth = (automaton.Rule(rule).Nests ? 1 : 0) + (_returns[0].Frame?.Depth ?? 0);
        // A frame whose rule may not go as deep as what follows needs would be a dead end, so those returns are left out first.
        _returns.RemoveAll(back => (back.Frame?.Depth ?? 0) + automaton.DepthNeeded(back.Node) > GrammarLimits.OutputDepth);
        if (_returns.Count == 0)
        {
            return;
        }

        _returns.Sort((a, b) => (a.Node, a.Count, a.Frame?.Hash ?? 0).CompareTo((b.Node, b.Count, b.Frame?.Hash ?? 0)));
        Configuration[] returns = [.. _returns];
        Enter(new Configuration(automaton.EntryOf(rule), 0, new Frame(rule, returns, Array.ConvertAll(returns, back => CountKey(back.Node, back.Count)), depth, returns.Min(back => LeastBytes(back)))), to, start);
    }
}
