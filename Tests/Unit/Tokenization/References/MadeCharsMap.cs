using System.Buffers.Binary;
using System.Text;

namespace CocoonOrleans.Tests.Unit.Tokenization.References;

/// <summary>A <c>precompiled_charsmap</c> of our own: some of NFKC, white space, and keys of several characters.</summary>
internal static class MadeCharsMap
{
    private static readonly (string Key, string Replacement)[] Rules =
    [
        ("\u00a0", " "), ("e\u0301", "\u00e9"), ("\t", " "), ("\n", " "), ("\r", " "), ("\u2003", " "), ("\u3000", " "), ("\u200b", ""), ("\ufeff", ""), ("\ufb01", "fi"), ("\ufb00", "ff"), ("\u338f", "kg"),
        ("①", "1"), ("\uff46", "f"), ("\uff4c", "l"), ("\uff55", "u"), ("\ufdfa", "صلى الله عليه وسلم"), ("a\u0301", "\u00e1"), ("\u1112\u1161\u11ab", "\ud55c"), ("½", "1\u20442"),
        ("𝒜", "A"), ("𝓁", "l"), ("b", "B"), ("²", "2"), ("…", "..."), ("x", ""), ("\u00c5", "A\u030a"), ("\u0344", "\u0308\u0301"), ("İ", "i"),
    ];

    /// <summary>The table, as a tokenizer file writes it.</summary>
    /// <param name="small">Only the first few rules.</param>
    public static string Base64(bool small = false)
    {
        var replacements = new List<byte>();
        var values = new SortedDictionary<byte[], int>(Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)));
        foreach (var (key, replacement) in small ? Rules[..2] : Rules)
        {
            values.Add(Encoding.UTF8.GetBytes(key), replacements.Count);
            replacements.AddRange([.. Encoding.UTF8.GetBytes(replacement), 0]);
        }

        var trie = new DoubleArray(values);
        var table = new byte[4 + trie.Units.Count * 4 + replacements.Count];
        BinaryPrimitives.WriteUInt32LittleEndian(table, (uint)trie.Units.Count * 4);
        for (var i = 0; i < trie.Units.Count; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(table.AsSpan(4 + i * 4), trie.Units[i]);
        }

        replacements.CopyTo(table, 4 + trie.Units.Count * 4);
        return Convert.ToBase64String(table);
    }

    /// <summary>A double array as Darts-clone lays it out, each node's children in a free block of 256 units: simple, not small.</summary>
    private sealed class DoubleArray
    {
        private readonly List<(byte[] Key, int Value)> _keys;

        public DoubleArray(SortedDictionary<byte[], int> values)
        {
            _keys = [.. values.Select(pair => (pair.Key, pair.Value))];
            AddBlock();
            Fill(place: 0, from: 0, to: _keys.Count, depth: 0);
        }

        public List<uint> Units { get; } = [];

        private int AddBlock()
        {
            var start = Units.Count;
            Units.AddRange(new uint[256]);
            return start;
        }

        private void Fill(int place, int from, int to, int depth)
        {
            var children = AddBlock();
            Units[place] |= (uint)(place ^ children) << 10;
            if (_keys[from].Key.Length == depth)
            {
                Units[place] |= 0x100;
                Units[children] = 0x8000_0000 | (uint)_keys[from].Value;
                from++;
            }

            while (from < to)
            {
                var label = _keys[from].Key[depth];
                var end = from + 1;
                while (end < to && _keys[end].Key[depth] == label)
                {
                    end++;
                }

                Units[children ^ label] = label;
                Fill(children ^ label, from, end, depth + 1);
                from = end;
            }
        }
    }
}
