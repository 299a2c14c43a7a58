using System.Buffers.Binary;
using System.Collections;

namespace CocoonOrleans.Ton.Cells;

/// <summary>
/// A dictionary of TON (HashmapE): keys of one length in bits, in order, and values that are bits and references of a leaf. Written in the one
/// form that nodes write, so that equal dictionaries have equal hashes; what has another form is refused when read.
/// </summary>
public sealed class CellDictionary : IReadOnlyCollection<KeyValuePair<byte[], Cell>>
{
    /// <summary>The most entries that are read, unless the caller says less.</summary>
    public const int MaxEntries = 8_192;

    private readonly SortedDictionary<byte[], Cell> _entries = new(KeyOrder.Instance);

    /// <param name="keyBits">Length of a key, 1 to 256 bits.</param>
    public CellDictionary(int keyBits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(keyBits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(keyBits, 256);
        KeyBits = keyBits;
    }

    /// <summary>Length of a key in bits.</summary>
    public int KeyBits { get; }

    /// <summary>Number of entries.</summary>
    public int Count => _entries.Count;

    /// <summary>Reads the tree that a HashmapE refers to; none is the empty dictionary.</summary>
    /// <param name="root">What follows the bit of the HashmapE.</param>
    /// <param name="keyBits">Length of a key, 1 to 256 bits.</param>
    /// <param name="field">What the error names.</param>
    /// <param name="maxEntries">More are refused: a few cells that refer to each other can stand for any number of entries.</param>
    /// <exception cref="TonFormatException">The tree is no dictionary, or isn't in the form that nodes write.</exception>
    public static CellDictionary Read(Cell? root, int keyBits, string field, int maxEntries = MaxEntries)
    {
        var dictionary = new CellDictionary(keyBits);
        if (root is not null)
        {
            dictionary.ReadEdge(root, new byte[(keyBits + 7) / 8], 0, field, maxEntries);
        }

        return dictionary;
    }

    /// <summary>Puts a value in place of any that was there.</summary>
    /// <param name="key">The key's bits, from the highest one of the first byte on.</param>
    /// <param name="value">Its bits and references become part of the leaf, so they must fit beside the label.</param>
    public void Set(ReadOnlySpan<byte> key, Cell value)
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, (KeyBits + 7) / 8, nameof(key));
        byte[] clean = new byte[key.Length];
        BitString.Copy(key, 0, clean, 0, KeyBits);
        _entries[clean] = value;
    }

    /// <summary>Puts a value under a key that is a number.</summary>
    public void Set(ulong key, Cell value) => Set(KeyOf(key), value);

    /// <summary>Puts a value under a key that is a hash.</summary>
    public void Set(Bits256 key, Cell value) => Set(key.ToArray(), value);

    /// <summary>The value under a key that is a number, if there is one.</summary>
    public Cell? Find(ulong key) => _entries.GetValueOrDefault(KeyOf(key));

    /// <summary>The value under a key that is a hash, if there is one.</summary>
    public Cell? Find(Bits256 key) => _entries.GetValueOrDefault(key.ToArray());

    /// <summary>A key of up to 64 bits as a number.</summary>
    public ulong NumberOf(ReadOnlySpan<byte> key)
    {
        Span<byte> number = stackalloc byte[sizeof(ulong)];
        BitString.Copy(key, 0, number, 64 - KeyBits, KeyBits);
        return BinaryPrimitives.ReadUInt64BigEndian(number);
    }

    /// <summary>The tree, or none when there are no entries: what StoreMaybeReference takes.</summary>
    /// <exception cref="InvalidOperationException">A value doesn't fit in its leaf.</exception>
    public Cell? Write() => _entries.Count == 0 ? null : WriteEdge([.. _entries], 0);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<byte[], Cell>> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private byte[] KeyOf(ulong number)
    {
        if (KeyBits < 64 && number >> KeyBits != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(number), $"The key has more than {KeyBits} bits.");
        }

        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, number);
        byte[] key = new byte[(KeyBits + 7) / 8];
        int bits = Math.Min(KeyBits, 64);
        BitString.Copy(bytes, 64 - bits, key, KeyBits - bits, bits);
        return key;
    }

    /// <summary>An edge: the label that its keys share from a bit on, then the value, or a branch to each side.</summary>
    private Cell WriteEdge(ReadOnlySpan<KeyValuePair<byte[], Cell>> entries, int from)
    {
        byte[] first = entries[0].Key;
        byte[] last = entries[^1].Key;
        int to = from;
        while (to < KeyBits && BitString.At(first, to) == BitString.At(last, to))
        {
            to++;
        }

        var builder = new CellBuilder();
        DictionaryLabel.Write(builder, first, from, to - from, KeyBits - from);
        if (to == KeyBits)
        {
            return builder.StoreContent(entries[0].Value).Build();
        }

        int split = 0;
        while (!BitString.At(entries[split].Key, to))
        {
            split++;
        }

        return builder.StoreReference(WriteEdge(entries[..split], to + 1)).StoreReference(WriteEdge(entries[split..], to + 1)).Build();
    }

    /// <summary>No deeper than a key has bits: each branch takes one.</summary>
    private void ReadEdge(Cell edge, byte[] key, int from, string field, int maxEntries)
    {
        if (edge.Kind != CellKind.Ordinary)
        {
            throw new TonFormatException(field, "an exotic cell in a dictionary");
        }

        CellSlice slice = edge.BeginRead();
        int to = from + DictionaryLabel.Read(slice, key, from, KeyBits - from, field);
        if (to == KeyBits)
        {
            if (_entries.Count == maxEntries)
            {
                throw new TonFormatException(field, $"more than {maxEntries} entries");
            }

            _entries.Add([.. key], slice.ReadRest());
            return;
        }

        Cell left = slice.ReadReference(field);
        Cell right = slice.ReadReference(field);
        slice.RequireEnd(field);
        ReadEdge(left, [.. key], to + 1, field, maxEntries);
        BitString.Set(key, to);
        ReadEdge(right, [.. key], to + 1, field, maxEntries);
    }

    private sealed class KeyOrder : IComparer<byte[]>
    {
        public static KeyOrder Instance { get; } = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
