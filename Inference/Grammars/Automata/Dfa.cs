namespace CocoonOrleans.Inference.Grammars.Automata;

/// <summary>An automaton with at most one way to go for each byte and each rule. Node 0 is its start.</summary>
internal sealed class Dfa(IReadOnlyList<DfaNode> nodes)
{
    public IReadOnlyList<DfaNode> Nodes => nodes;

    /// <summary>Makes the automaton of a piece.</summary>
    public static Dfa Of(Fragment fragment, CompileBudget budget)
    {
        var nfa = new Nfa(budget);
        return SubsetConstruction.Run(nfa, fragment(nfa, 0), budget);
    }

    /// <summary>Reads what both read. Neither has calls or counters.</summary>
    public static Dfa Intersect(Dfa first, Dfa second, CompileBudget budget) => Product(first, second, (a, b) => a && b, secondMayEnd: false, budget);

    /// <summary>Reads what the first reads and the second doesn't. Neither has calls or counters.</summary>
    public static Dfa Subtract(Dfa first, Dfa second, CompileBudget budget) => Product(first, second, (a, b) => a && !b, secondMayEnd: true, budget);

    /// <summary>Runs both side by side. Where the second one may end, -1 stands for its node once it reads no further.</summary>
    private static Dfa Product(Dfa first, Dfa second, Func<bool, bool, bool> final, bool secondMayEnd, CompileBudget budget)
    {
        var numbers = new Dictionary<(int, int), int> { [(0, 0)] = 0 };
        var pairs = new List<(int First, int Second)> { (0, 0) };
        var nodes = new List<DfaNode>();
        for (var at = 0; at < pairs.Count; at++)
        {
            var (a, b) = pairs[at];
            var edges = new List<ByteEdge>();
            foreach (var edge in first.Nodes[a].Edges)
            {
                foreach (var part in Parts(edge, b < 0 ? [] : second.Nodes[b].Edges))
                {
                    budget.Spend(1);
                    if (part.Target >= 0 || secondMayEnd)
                    {
                        edges.Add(part with { Target = Number((edge.Target, part.Target)) });
                    }
                }
            }

            nodes.Add(new DfaNode([.. edges], [], final(first.Nodes[a].Final, b >= 0 && second.Nodes[b].Final), Counting: false));
        }

        return new Dfa(nodes);

        int Number((int, int) pair)
        {
            if (!numbers.TryGetValue(pair, out var number))
            {
                budget.AddNode();
                numbers.Add(pair, number = pairs.Count);
                pairs.Add(pair);
            }

            return number;
        }
    }

    /// <summary>An edge cut where those of the other node begin and end; each part has the other node's target, -1 where it has none.</summary>
    private static IEnumerable<ByteEdge> Parts(ByteEdge edge, ByteEdge[] others)
    {
        int low = edge.Low;
        foreach (var other in others)
        {
            if (other.High < low || other.Low > edge.High)
            {
                continue;
            }

            if (other.Low > low)
            {
                yield return new ByteEdge((byte)low, (byte)(other.Low - 1), Guard.None, -1);
                low = other.Low;
            }

            var high = Math.Min(other.High, edge.High);
            yield return new ByteEdge((byte)low, high, Guard.None, other.Target);
            low = high + 1;
        }

        if (low <= edge.High)
        {
            yield return new ByteEdge((byte)low, edge.High, Guard.None, -1);
        }
    }
}
