using System.Runtime.InteropServices;
using CocoonOrleans.Inference.Grammars.Automata;

namespace CocoonOrleans.Inference.Grammars;

/// <summary>
/// A grammar over the tokens of one vocabulary. Keeps the masks of states that were met before, so for those a mask is a look-up; for a new state it walks
/// the tree of tokens with the automaton. Thread-safe.
/// </summary>
public sealed class TokenGrammar
{
    private readonly TokenTrie _trie;
    private readonly PushdownAutomaton _automaton;
    private readonly PushdownRunner _runner;
    private readonly MaskCache _masks;
    private readonly ConfigurationList _walk = new();
    private readonly int[] _starts;
    private readonly Lock _gate = new();

    /// <summary>Joins a grammar and a vocabulary.</summary>
    public TokenGrammar(Grammar grammar, TokenTrie trie)
    {
        _trie = trie;
        _automaton = grammar.Automaton;
        _runner = new PushdownRunner(_automaton, trie.LongestToken);
        _masks = new MaskCache((int)Math.Clamp(GrammarLimits.MaskBytes / (trie.MaskLength * sizeof(ulong) + 1), 16, 65_536));
        _starts = new int[trie.LongestToken + 2];
    }

    /// <summary>Words of 64 bits that a mask has.</summary>
    public int MaskLength => _trie.MaskLength;

    /// <summary>How many masks it had to work out.</summary>
    internal int MasksComputed { get; private set; }

    /// <summary>How many masks it keeps.</summary>
    internal int MasksKept
    {
        get
        {
            lock (_gate)
            {
                return _masks.Count;
            }
        }
    }

    /// <summary>Begins an answer.</summary>
    public GrammarState Start()
    {
        lock (_gate)
        {
            _walk.Truncate(0);
            _runner.Start(_walk);
            return new GrammarState(this, _walk.Slice(0, _walk.Count).ToArray());
        }
    }

    /// <summary>The mask of a state; not to be changed.</summary>
    internal ulong[] MaskOf(ReadOnlySpan<Configuration> state)
    {
        lock (_gate)
        {
            var key = new StateKey(state, _runner);
            if (_masks.Find(key) is { } known)
            {
                return known;
            }

            var mask = Walk(state);
            MasksComputed++;
            _masks.Add(key, mask);
            return mask;
        }
    }

    /// <summary>The state after a token; empty where it is not allowed.</summary>
    internal Configuration[] After(ReadOnlySpan<Configuration> state, int id)
    {
        var bytes = _trie.BytesOf(id);
        if (bytes.IsEmpty)
        {
            return [];
        }

        lock (_gate)
        {
            var (from, end) = Load(state);
            foreach (var value in bytes)
            {
                _runner.Step(_walk, from, end, value);
                (from, end) = (end, _walk.Count);
            }

            return _walk.Slice(from, end).ToArray();
        }
    }

    /// <summary>Whether a text may end in this state.</summary>
    internal bool IsComplete(ReadOnlySpan<Configuration> state)
    {
        foreach (var at in state)
        {
            if (at.Frame is null && (_automaton.Traits(at.Node) & NodeTraits.Final) != 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether anything may follow this state.</summary>
    internal bool CanGoOn(ReadOnlySpan<Configuration> state)
    {
        foreach (var at in state)
        {
            if ((_automaton.Traits(at.Node) & NodeTraits.Reads) != 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The least bytes that end the text from a state; where something is counted it may need more.</summary>
    internal int LeastBytes(ReadOnlySpan<Configuration> state)
    {
        var least = int.MaxValue;
        foreach (var at in state)
        {
            least = Math.Min(least, _runner.LeastBytes(at));
        }

        return least;
    }

    /// <summary>A short way to end the text from a state: byte by byte to where the least is missing.</summary>
    /// <param name="state">The state.</param>
    /// <param name="most">More tokens than that are of no use.</param>
    /// <returns>Tokens; none where the text is complete; null where no way was found.</returns>
    internal List<int>? EndingOf(ReadOnlySpan<Configuration> state, int most)
    {
        lock (_gate)
        {
            var (from, end) = Load(state);
            var bytes = new List<byte>();
            while (!IsComplete(_walk.Slice(from, end)))
            {
                if (bytes.Count == GrammarLimits.EndingBytes || Nearest(from, end) is not { } value)
                {
                    return null;
                }

                bytes.Add(value);
                _walk.Truncate(end);
                _runner.Step(_walk, from, end, value);
                (from, end) = (end, _walk.Count);
            }

            return _trie.Spell(CollectionsMarshal.AsSpan(bytes)) is { } ids && ids.Count <= most ? ids : null;
        }
    }

    /// <summary>The byte behind which the least is missing. Which of an edge's bytes makes no difference.</summary>
    private byte? Nearest(int from, int end)
    {
        (byte? nearest, var least) = (null, int.MaxValue);
        for (var i = from; i < end; i++)
        {
            foreach (var edge in _automaton.Edges(_walk[i].Node))
            {
                _walk.Truncate(end);
                _runner.Step(_walk, from, end, edge.Low);
                if (_walk.Count > end && LeastBytes(_walk.Slice(end, _walk.Count)) is var missing && missing < least)
                {
                    (nearest, least) = (edge.Low, missing);
                }
            }
        }

        return nearest;
    }

    private ulong[] Walk(ReadOnlySpan<Configuration> state)
    {
        var mask = new ulong[_trie.MaskLength];
        (_, _starts[1]) = Load(state);
        var most = _walk.Compared + GrammarLimits.MaskSteps;
        for (var node = 0; node < _trie.NodeCount;)
        {
            var depth = _trie.DepthOf(node);
            var end = _starts[depth + 1];
            _walk.Truncate(end);
            _runner.Step(_walk, _starts[depth], end, _trie.ValueOf(node));
            if (_walk.Compared > most)
            {
                return new ulong[_trie.MaskLength];
            }

            if (_walk.Count == end)
            {
                node = _trie.EndOf(node);
                continue;
            }

            foreach (var id in _trie.IdsAt(node))
            {
                mask[id >> 6] |= 1UL << (id & 63);
            }

            _starts[depth + 2] = _walk.Count;
            node++;
        }

        return mask;
    }

    private (int From, int End) Load(ReadOnlySpan<Configuration> state)
    {
        _walk.Truncate(0);
        foreach (var at in state)
        {
            _walk.Add(at, 0);
        }

        return (0, _walk.Count);
    }
}
