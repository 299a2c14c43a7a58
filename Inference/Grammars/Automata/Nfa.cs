namespace CocoonOrleans.Inference.Grammars.Automata;

/// <summary>A nondeterministic automaton over bytes and rule calls, while it is built (Thompson's construction). Node 0 is its start.</summary>
internal sealed class Nfa
{
    private readonly CompileBudget _budget;
    private readonly List<List<int>?> _empty = [];
    private readonly List<List<ByteEdge>?> _edges = [];
    private readonly List<List<CallEdge>?> _calls = [];
    private readonly HashSet<int> _counting = [];

    public Nfa(CompileBudget budget)
    {
        _budget = budget;
        Add();
    }

    /// <summary>Number of nodes.</summary>
    public int Count => _empty.Count;

    /// <summary>A new node.</summary>
    public int Add()
    {
        _budget.AddNode();
        _empty.Add(null);
        _edges.Add(null);
        _calls.Add(null);
        return _empty.Count - 1;
    }

    /// <summary>Leads from one node to another without reading anything.</summary>
    public void Link(int from, int to) => (_empty[from] ??= []).Add(to);

    /// <summary>Reads one byte out of a range.</summary>
    public void Read(int from, byte low, byte high, int to, Guard guard = Guard.None) => (_edges[from] ??= []).Add(new ByteEdge(low, high, guard, to));

    /// <summary>Reads what a rule says.</summary>
    public void Call(int from, int rule, int to) => (_calls[from] ??= []).Add(new CallEdge(rule, to));

    /// <summary>Lets the rule's counter go up by one whenever an edge leads to this node.</summary>
    public void MarkCounting(int node) => _counting.Add(node);

    public IReadOnlyList<int> EmptyEdges(int node) => _empty[node] ?? [];

    public IReadOnlyList<ByteEdge> Edges(int node) => _edges[node] ?? [];

    public IReadOnlyList<CallEdge> Calls(int node) => _calls[node] ?? [];

    public bool IsCounting(int node) => _counting.Contains(node);
}
