using System.Text;

namespace CocoonOrleans.Inference.Grammars.Automata;

/// <summary>The pieces that grammars are made of.</summary>
internal static class Fragments
{
    /// <summary>Reads nothing.</summary>
    public static Fragment Empty { get; } = static (_, from) => from;

    /// <summary>Reads no text at all, not even the empty one.</summary>
    public static Fragment Nothing { get; } = static (nfa, _) => nfa.Add();

    /// <summary>Exactly these bytes.</summary>
    public static Fragment Literal(byte[] bytes) => (nfa, from) =>
    {
        foreach (var value in bytes)
        {
            from = Read(nfa, from, value, value);
        }

        return from;
    };

    /// <summary>Exactly this text in UTF-8.</summary>
    public static Fragment Literal(string text) => Literal(Encoding.UTF8.GetBytes(text));

    /// <summary>One byte, given as ASCII characters.</summary>
    public static Fragment Range(char low, char high) => (nfa, from) => Read(nfa, from, (byte)low, (byte)high);

    /// <summary>One of several rows of byte ranges.</summary>
    public static Fragment Rows(IReadOnlyList<(byte Low, byte High)[]> rows) => (nfa, from) =>
    {
        var end = nfa.Add();
        foreach (var row in rows)
        {
            ReadRow(nfa, from, row, end);
        }

        return end;
    };

    /// <summary>Adds one row of byte ranges between two nodes.</summary>
    public static void ReadRow(Nfa nfa, int from, ReadOnlySpan<(byte Low, byte High)> row, int to, Guard first = Guard.None)
    {
        for (var i = 0; i < row.Length; i++)
        {
            var next = i == row.Length - 1 ? to : nfa.Add();
            nfa.Read(from, row[i].Low, row[i].High, next, i == 0 ? first : Guard.None);
            from = next;
        }
    }

    /// <summary>One after the other.</summary>
    public static Fragment Concat(params Fragment[] parts) => (nfa, from) =>
    {
        foreach (var part in parts)
        {
            from = part(nfa, from);
        }

        return from;
    };

    /// <summary>Any one of them; none of none.</summary>
    public static Fragment Choice(params IReadOnlyList<Fragment> parts) => (nfa, from) =>
    {
        var end = nfa.Add();
        foreach (var part in parts)
        {
            nfa.Link(part(nfa, from), end);
        }

        return end;
    };

    /// <summary>It or nothing.</summary>
    public static Fragment Optional(Fragment part) => Choice(part, Empty);

    /// <summary>Any number of times.</summary>
    public static Fragment Many(Fragment part) => Repeat(part, 0, null);

    /// <summary>At least so often, and at most so often where there is a maximum.</summary>
    public static Fragment Repeat(Fragment part, int minimum, int? maximum) => (nfa, from) =>
    {
        for (var i = 0; i < minimum; i++)
        {
            from = Separate(nfa, part(nfa, from));
        }

        if (maximum is not { } most)
        {
            var loop = Separate(nfa, from);
            nfa.Link(part(nfa, loop), loop);
            // A node of its own, since nothing may lead back to where the next piece begins.
            return Separate(nfa, loop);
        }

        var end = nfa.Add();
        for (var i = minimum; i < most; i++)
        {
            nfa.Link(from, end);
            from = Separate(nfa, part(nfa, from));
        }

        nfa.Link(from, end);
        return end;
    };

    /// <summary>What a rule says.</summary>
    public static Fragment Call(int rule) => (nfa, from) =>
    {
        var end = nfa.Add();
        nfa.Call(from, rule, end);
        return end;
    };

    /// <summary>What an automaton reads.</summary>
    public static Fragment Embed(Dfa dfa) => (nfa, from) =>
    {
        var nodes = dfa.Nodes.Select(_ => nfa.Add()).ToList();
        var end = nfa.Add();
        nfa.Link(from, nodes[0]);
        foreach (var (node, at) in dfa.Nodes.Zip(nodes))
        {
            foreach (var edge in node.Edges)
            {
                nfa.Read(at, edge.Low, edge.High, nodes[edge.Target]);
            }

            if (node.Final)
            {
                nfa.Link(at, end);
            }
        }

        return end;
    };

    private static int Read(Nfa nfa, int from, byte low, byte high)
    {
        var to = nfa.Add();
        nfa.Read(from, low, high, to);
        return to;
    }

    private static int Separate(Nfa nfa, int node)
    {
        var next = nfa.Add();
        nfa.Link(node, next);
        return next;
    }
}
