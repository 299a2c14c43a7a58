using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Inference.Grammars;

/// <summary>
/// The tokens of a vocabulary as a tree of their bytes, so that what is impossible is ruled out for all tokens that begin with it at once. Special tokens
/// and those without text are not in it. Nodes lie in the order of a walk down first, which is how they are read. Immutable.
/// </summary>
public sealed class TokenTrie
{
    private readonly byte[] _values;
    private readonly byte[][] _tokens;
    private readonly int[] _depths;
    private readonly int[] _ends;
    private readonly int[] _firstIds;
    private readonly int[] _ids;

    /// <summary>Builds the tree.</summary>
    /// <param name="tokenizer">Whose vocabulary it is.</param>
    /// <param name="vocabularySize">Number of token ids that the model knows; those that the tokenizer lacks are never allowed.</param>
    public TokenTrie(Tokenizer tokenizer, int vocabularySize)
    {
        VocabularySize = vocabularySize;
        _tokens = new byte[vocabularySize][];
        for (var id = 0; id < vocabularySize; id++)
        {
            _tokens[id] = tokenizer.BytesOf(id).ToArray();
        }

        _ids = [.. Enumerable.Range(0, vocabularySize).Where(id => _tokens[id].Length > 0)];
        Array.Sort(_ids, (a, b) => _tokens[a].AsSpan().SequenceCompareTo(_tokens[b]) is var order && order != 0 ? order : a.CompareTo(b));
        LongestToken = _ids.Length == 0 ? 0 : _ids.Max(id => _tokens[id].Length);
        var (values, depths, firstIds) = (new List<byte>(), new List<int>(), new List<int>());
        ReadOnlySpan<byte> last = [];
        for (var i = 0; i < _ids.Length; i++)
        {
            ReadOnlySpan<byte> token = _tokens[_ids[i]];
            for (var depth = token.CommonPrefixLength(last); depth < token.Length; depth++)
            {
                values.Add(token[depth]);
                depths.Add(depth);
                // Ids between this node's number and the next one's end here: those of a node that only leads on are none.
                firstIds.Add(depth == token.Length - 1 ? i : -1);
            }

            last = token;
        }

        (_values, _depths) = ([.. values], [.. depths]);
        _firstIds = FillFirstIds(firstIds, _ids.Length);
        _ends = FindEnds(_depths);
    }

    /// <summary>Number of token ids.</summary>
    public int VocabularySize { get; }

    /// <summary>Words of 64 bits that a mask has.</summary>
    public int MaskLength => (VocabularySize + 63) / 64;

    /// <summary>Bytes of the longest token.</summary>
    public int LongestToken { get; }

    /// <summary>Number of nodes.</summary>
    internal int NodeCount => _values.Length;

    /// <summary>The byte that leads to a node.</summary>
    internal byte ValueOf(int node) => _values[node];

    /// <summary>How many bytes lie before that one.</summary>
    internal int DepthOf(int node) => _depths[node];

    /// <summary>The first node that is not below this one.</summary>
    internal int EndOf(int node) => _ends[node];

    /// <summary>The tokens that end at a node.</summary>
    internal ReadOnlySpan<int> IdsAt(int node) => _ids.AsSpan(_firstIds[node].._firstIds[node + 1]);

    /// <summary>The bytes of a token; none for a special token and for an id that no token has.</summary>
    internal ReadOnlySpan<byte> BytesOf(int id) => id >= 0 && id < _tokens.Length ? _tokens[id] : [];

    /// <summary>Spells bytes in tokens, at each place the longest one.</summary>
    /// <returns>The tokens; null where the vocabulary can't.</returns>
    internal List<int>? Spell(ReadOnlySpan<byte> bytes)
    {
        var ids = new List<int>();
        while (!bytes.IsEmpty)
        {
            var (longest, length) = (-1, 0);
            for (var (node, depth) = (0, 0); node < NodeCount && depth < bytes.Length;)
            {
                if (_depths[node] < depth)
                {
                    break;
                }

                if (_values[node] != bytes[depth])
                {
                    node = _ends[node];
                    continue;
                }

                depth++;
                if (IdsAt(node) is [var id, ..])
                {
                    (longest, length) = (id, depth);
                }

                node++;
            }

            if (longest < 0)
            {
                return null;
            }

            ids.Add(longest);
            bytes = bytes[length..];
        }

        return ids;
    }

    private static int[] FillFirstIds(List<int> firstIds, int ids)
    {
        firstIds.Add(ids);
        for (var node = firstIds.Count - 2; node >= 0; node--)
        {
            if (firstIds[node] < 0)
            {
                firstIds[node] = firstIds[node + 1];
            }
        }

        return [.. firstIds];
    }

    private static int[] FindEnds(int[] depths)
    {
        var ends = new int[depths.Length];
        var open = new Stack<int>();
        for (var node = 0; node < depths.Length; node++)
        {
            while (open.Count > depths[node])
            {
                ends[open.Pop()] = node;
            }

            open.Push(node);
        }

        foreach (var node in open)
        {
            ends[node] = depths.Length;
        }

        return ends;
    }
}
