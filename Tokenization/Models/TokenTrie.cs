namespace CocoonOrleans.Tokenization.Models;

/// <summary>
/// Tokens as a tree of their characters: finds all tokens with which a text starts, character by character. Built once; thread-safe. The children of a
/// node stand side by side in the order of their characters, so a step is a search among them, and a node takes 14 bytes.
/// </summary>
internal sealed class TokenTrie
{
    /// <summary>No node, or no token.</summary>
    public const int None = -1;

    private readonly List<char> _characters = [];
    private readonly List<int> _firstChild = [];
    private readonly List<int> _childCount = [];
    private readonly List<int> _ids = [];
    private readonly int[] _roots = new int[char.MaxValue + 1];

    /// <summary>Builds the tree.</summary>
    /// <param name="tokens">Tokens and their ids; empty tokens are left out.</param>
    public TokenTrie(IEnumerable<(string Token, int Id)> tokens)
    {
        var sorted = tokens.Where(token => token.Token.Length > 0).ToArray();
        Array.Sort(sorted, (a, b) => string.CompareOrdinal(a.Token, b.Token));
        Array.Fill(_roots, None);
        var waiting = new Queue<(int Node, int From, int To, int Depth)>();
        AddChildren(sorted, 0, sorted.Length, depth: 0, waiting);
        for (var node = 0; node < _characters.Count; node++)
        {
            _roots[_characters[node]] = node;
        }

        while (waiting.TryDequeue(out var next))
        {
            _firstChild[next.Node] = _characters.Count;
            AddChildren(sorted, next.From, next.To, next.Depth, waiting);
            _childCount[next.Node] = _characters.Count - _firstChild[next.Node];
        }
    }

    /// <summary>The node after the first character; <see cref="None"/> if no token starts with it.</summary>
    public int Start(char character) => _roots[character];

    /// <summary>The node one character further; <see cref="None"/> if no token goes on like this.</summary>
    public int Next(int node, char character)
    {
        var low = _firstChild[node];
        var high = low + _childCount[node] - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var found = _characters[middle];
            if (found == character)
            {
                return middle;
            }

            if (found < character)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return None;
    }

    /// <summary>The id of the token that ends at this node; <see cref="None"/> if none does.</summary>
    public int IdAt(int node) => _ids[node];

    /// <summary>Adds the characters at one depth of the tokens from <paramref name="from"/> up to <paramref name="to"/>, which agree in all before.</summary>
    private void AddChildren((string Token, int Id)[] sorted, int from, int to, int depth, Queue<(int Node, int From, int To, int Depth)> waiting)
    {
        while (from < to)
        {
            var character = sorted[from].Token[depth];
            var end = from + 1;
            while (end < to && sorted[end].Token[depth] == character)
            {
                end++;
            }

            var node = _characters.Count;
            _characters.Add(character);
            _firstChild.Add(0);
            _childCount.Add(0);
            var ends = sorted[from].Token.Length == depth + 1;
            _ids.Add(ends ? sorted[from].Id : None);
            var longer = ends ? from + 1 : from;
            if (longer < end)
            {
                waiting.Enqueue((node, longer, end, depth + 1));
            }

            from = end;
        }
    }
}
