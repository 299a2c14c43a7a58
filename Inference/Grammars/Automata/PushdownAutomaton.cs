namespace CocoonOrleans.Inference.Grammars.Automata;

/// <summary>
/// All rules of a grammar in one: a pushdown automaton over bytes. Nodes are numbered through; nodes from which no text can ever be completed are known,
/// so whoever leaves them out never runs into a dead end. Immutable but for tables that are filled on first use; thread-safe.
/// </summary>
internal sealed class PushdownAutomaton
{
    /// <summary>No way to go.</summary>
    public const int None = -1;

    private const int Unreachable = int.MaxValue / 2;

    /// <summary>More bytes to the end of a rule than anyone would put in; 64 rules inside each other still don't overflow.</summary>
    private const int FarFromTheEnd = 1 << 20;

    // An entry of a row is the target with the guard above it.
    private const int GuardShift = 24;
    private const int TargetBits = (1 << GuardShift) - 1;

    private readonly DfaNode[] _nodes;
    private readonly int[] _ruleOf;
    private readonly int[] _depthNeeded;
    private readonly int[] _bytesToTheEnd;
    private readonly NodeTraits[] _traits;
    private readonly int[]?[] _rows;
    private readonly Rule[] _rules;
    private readonly int[] _entries;

    /// <summary>Puts rules together; rule 0 is what a whole text must be.</summary>
    /// <exception cref="GrammarException">No text ever satisfies it, or it is too large.</exception>
    public PushdownAutomaton(IReadOnlyList<Rule> rules, CompileBudget budget)
    {
        _rules = [.. rules];
        _entries = new int[rules.Count];
        var count = rules.Sum(rule => rule.Body.Nodes.Count);
        if (count > GrammarLimits.Nodes)
        {
            throw CompileBudget.TooComplex();
        }

        _nodes = new DfaNode[count];
        _ruleOf = new int[count];
        _traits = new NodeTraits[count];
        _rows = new int[]?[count];
        var at = 0;
        for (var rule = 0; rule < rules.Count; rule++)
        {
            var first = _entries[rule] = at;
            foreach (var node in rules[rule].Body.Nodes)
            {
                _ruleOf[at] = rule;
                _nodes[at++] = node with
                {
                    Edges = [.. node.Edges.Select(edge => edge with { Target = first + edge.Target })],
                    Calls = [.. node.Calls.Select(call => call with { Target = first + call.Target })],
                };
            }
        }

        _depthNeeded = DepthsNeeded(budget);
        RemoveDeadEnds();
        if (_depthNeeded[0] > GrammarLimits.OutputDepth)
        {
            throw new GrammarException("#", $"no text satisfies it that ends and is nested at most {GrammarLimits.OutputDepth} levels");
        }

        _bytesToTheEnd = BytesToTheEnd();
    }

    /// <summary>The node at which a rule begins.</summary>
    public int EntryOf(int rule) => _entries[rule];

    /// <summary>The rule that a node belongs to.</summary>
    public Rule RuleOf(int node) => _rules[_ruleOf[node]];

    /// <summary>A rule.</summary>
    public Rule Rule(int rule) => _rules[rule];

    /// <summary>What is special about a node.</summary>
    public NodeTraits Traits(int node) => _traits[node];

    /// <summary>How many levels deeper than a node its rule must be able to go to end.</summary>
    public int DepthNeeded(int node) => _depthNeeded[node];

    /// <summary>The least bytes from a node to the end of its rule, counters left out; 2^20 stands for that and more.</summary>
    public int BytesToTheEnd(int node) => _bytesToTheEnd[node];

    /// <summary>What a node reads.</summary>
    public ReadOnlySpan<ByteEdge> Edges(int node) => _nodes[node].Edges;

    /// <summary>The rules that a node calls.</summary>
    public ReadOnlySpan<CallEdge> Calls(int node) => _nodes[node].Calls;

    /// <summary>Where a byte leads from a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="value">The byte.</param>
    /// <param name="count">The rule's counter.</param>
    /// <returns>A node, or <see cref="None"/>.</returns>
    public int Next(int node, byte value, int count)
    {
        var entry = (_rows[node] ?? FillRow(node))[value];
        return entry <= TargetBits || Allows((Guard)(entry >> GuardShift), node, count) ? (entry < 0 ? None : entry & TargetBits) : None;
    }

    private bool Allows(Guard guard, int node, int count)
        => guard == Guard.Again ? count < (RuleOf(node).Maximum ?? int.MaxValue) : count >= RuleOf(node).Minimum;

    private static NodeTraits TraitsOf(DfaNode node)
        => (node.Edges.Length > 0 ? NodeTraits.Reads : 0) | (node.Calls.Length > 0 ? NodeTraits.Calls : 0)
            | (node.Final ? NodeTraits.Final : 0) | (node.Counting ? NodeTraits.Counting : 0);

    private int[] FillRow(int node)
    {
        var row = new int[256];
        row.AsSpan().Fill(None);
        foreach (var edge in _nodes[node].Edges)
        {
            row.AsSpan(edge.Low, edge.High - edge.Low + 1).Fill(edge.Target | (int)edge.Guard << GuardShift);
        }

        // Whoever fills it at the same time fills in the same.
        return _rows[node] = row;
    }

    private void RemoveDeadEnds()
    {
        for (var node = 0; node < _nodes.Length; node++)
        {
            var (edges, calls) = (_nodes[node].Edges, _nodes[node].Calls);
            _nodes[node] = _nodes[node] with
            {
                Edges = Array.FindAll(edges, edge => _depthNeeded[edge.Target] < Unreachable),
                Calls = Array.FindAll(calls, call => Math.Max(_depthNeeded[_entries[call.Rule]], _depthNeeded[call.Target]) < Unreachable),
            };
            _traits[node] = TraitsOf(_nodes[node]);
        }
    }

    /// <summary>The smallest solution of: a final node needs nothing, every other one the least that one of its edges needs.</summary>
    private int[] DepthsNeeded(CompileBudget budget)
    {
        var needed = new int[_nodes.Length];
        Array.Fill(needed, Unreachable);
        for (var changed = true; changed;)
        {
            changed = false;
            budget.Spend(_nodes.Length);
            // Edges mostly lead to higher numbers, so going down settles most of it in one round.
            for (var node = _nodes.Length - 1; node >= 0; node--)
            {
                var least = _nodes[node].Final ? 0 : Unreachable;
                foreach (var edge in _nodes[node].Edges)
                {
                    least = Math.Min(least, needed[edge.Target]);
                }

                foreach (var call in _nodes[node].Calls)
                {
                    var inside = needed[_entries[call.Rule]] + (_rules[call.Rule].Nests ? 1 : 0);
                    least = Math.Min(least, Math.Max(inside, needed[call.Target]));
                }

                changed |= least < needed[node];
                needed[node] = Math.Min(least, needed[node]);
            }
        }

        return needed;
    }

    /// <summary>As above, in bytes. What is not settled after some rounds stays too high: then an answer is cut where it might have been completed.</summary>
    private int[] BytesToTheEnd()
    {
        const int rounds = 32;
        var bytes = new int[_nodes.Length];
        Array.Fill(bytes, FarFromTheEnd);
        for (var (round, changed) = (0, true); changed && round < rounds; round++)
        {
            changed = false;
            for (var node = _nodes.Length - 1; node >= 0; node--)
            {
                var least = _nodes[node].Final ? 0 : FarFromTheEnd;
                foreach (var edge in _nodes[node].Edges)
                {
                    least = Math.Min(least, bytes[edge.Target] + 1);
                }

                foreach (var call in _nodes[node].Calls)
                {
                    least = Math.Min(least, bytes[_entries[call.Rule]] + bytes[call.Target]);
                }

                changed |= least < bytes[node];
                bytes[node] = Math.Min(least, bytes[node]);
            }
        }

        return bytes;
    }
}
