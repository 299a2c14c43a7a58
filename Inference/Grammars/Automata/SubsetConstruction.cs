namespace CocoonOrleans.Inference.Grammars.Automata;

/// <summary>Makes an automaton deterministic: each node of the result is the set of all nodes where one could be after the same bytes and calls.</summary>
internal sealed class SubsetConstruction
{
    private readonly Nfa _nfa;
    private readonly int _end;
    private readonly CompileBudget _budget;
    private readonly Dictionary<int[], int> _numbers = new(new SetComparer());
    private readonly List<int[]> _sets = [];
    private readonly int[] _seen;
    private readonly Stack<int> _open = new();
    private int _round;

    private SubsetConstruction(Nfa nfa, int end, CompileBudget budget)
    {
        _nfa = nfa;
        _end = end;
        _budget = budget;
        _seen = new int[nfa.Count];
    }

    /// <summary>Runs it.</summary>
    /// <param name="nfa">The automaton.</param>
    /// <param name="end">The node where its texts end.</param>
    /// <param name="budget">What it may cost.</param>
    public static Dfa Run(Nfa nfa, int end, CompileBudget budget) => new SubsetConstruction(nfa, end, budget).Run();

    private Dfa Run()
    {
        Number([0]);
        var nodes = new List<DfaNode>();
        for (var at = 0; at < _sets.Count; at++)
        {
            var set = _sets[at];
            nodes.Add(new DfaNode(Edges(set), Calls(set), set.Contains(_end), Array.Exists(set, _nfa.IsCounting)));
        }

        return new Dfa(nodes);
    }

    private ByteEdge[] Edges(int[] set)
    {
        var edges = new List<ByteEdge>();
        foreach (var node in set)
        {
            edges.AddRange(_nfa.Edges(node));
        }

        var borders = new bool[257];
        foreach (var edge in edges)
        {
            borders[edge.Low] = borders[edge.High + 1] = true;
        }

        var merged = new List<ByteEdge>();
        for (var low = 0; low < 256;)
        {
            var high = low + 1;
            while (high < 256 && !borders[high])
            {
                high++;
            }

            Add(merged, edges, (byte)low, (byte)(high - 1));
            low = high;
        }

        return [.. merged];
    }

    private void Add(List<ByteEdge> merged, List<ByteEdge> edges, byte low, byte high)
    {
        _budget.Spend(edges.Count + 1);
        var targets = new List<int>();
        Guard? guard = null;
        foreach (var edge in edges)
        {
            if (edge.Low <= low && high <= edge.High)
            {
                if (guard is { } other && other != edge.Guard)
                {
                    throw new InvalidOperationException("Two edges for the same byte ask for different things of the counter.");
                }

                guard = edge.Guard;
                targets.Add(edge.Target);
            }
        }

        if (guard is null)
        {
            return;
        }

        var target = Number(targets);
        if (merged.Count > 0 && merged[^1] is var last && last.High + 1 == low && last.Target == target && last.Guard == guard)
        {
            merged[^1] = last with { High = high };
        }
        else
        {
            merged.Add(new ByteEdge(low, high, guard.Value, target));
        }
    }

    private CallEdge[] Calls(int[] set)
    {
        var targets = new SortedDictionary<int, List<int>>();
        foreach (var call in set.SelectMany(_nfa.Calls))
        {
            if (!targets.TryGetValue(call.Rule, out var list))
            {
                targets.Add(call.Rule, list = []);
            }

            list.Add(call.Target);
        }

        return [.. targets.Select(call => new CallEdge(call.Key, Number(call.Value)))];
    }

    /// <summary>The number of the set of all nodes that can be reached from these without reading anything.</summary>
    private int Number(List<int> from)
    {
        _round++;
        var set = new List<int>();
        foreach (var node in from)
        {
            Visit(node);
        }

        while (_open.TryPop(out var node))
        {
            // Nodes that only lead on tell nothing apart.
            if (node == _end || _nfa.Edges(node).Count > 0 || _nfa.Calls(node).Count > 0 || _nfa.IsCounting(node))
            {
                set.Add(node);
            }

            foreach (var next in _nfa.EmptyEdges(node))
            {
                Visit(next);
            }
        }

        _budget.Spend(set.Count);
        set.Sort();
        int[] key = [.. set];
        if (!_numbers.TryGetValue(key, out var number))
        {
            _budget.AddNode();
            _numbers.Add(key, number = _sets.Count);
            _sets.Add(key);
        }

        return number;

        void Visit(int node)
        {
            if (_seen[node] != _round)
            {
                _seen[node] = _round;
                _open.Push(node);
                _budget.Spend(1);
            }
        }
    }

    private sealed class SetComparer : IEqualityComparer<int[]>
    {
        public bool Equals(int[]? x, int[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(int[] set)
        {
            var hash = new HashCode();
            foreach (var node in set)
            {
                hash.Add(node);
            }

            return hash.ToHashCode();
        }
    }
}
