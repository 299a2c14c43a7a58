using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace CocoonOrleans.Ton.Cells;

/// <summary>
/// TON's unit of data: up to 1,023 bits and up to four references to other cells. Immutable; hashes and depths are computed once, when it
/// is made. (TON white paper, "Cells and trees of cells"; levels as in the reference implementation.)
/// </summary>
public sealed class Cell : IEquatable<Cell>
{
    /// <summary>The most bits in a cell.</summary>
    public const int MaxBits = 1023;

    /// <summary>The most references in a cell.</summary>
    public const int MaxReferences = 4;

    /// <summary>The most cells below each other.</summary>
    public const int MaxDepth = 1024;

    private const int MaxLevel = 3;
    private const int HashAndDepthBits = 8 * (Bits256.Length + sizeof(ushort));

    // One hash and depth for each level at which the cell looks different; all but pruned branches and what holds them have one.
    private readonly Bits256[] _hashes;
    private readonly ushort[] _depths;
    private readonly byte[] _data;
    private readonly Cell[] _references;

    /// <summary>Makes a cell and computes its hashes.</summary>
    /// <param name="data">Data, from the highest bit of the first byte on. Bits behind <paramref name="bitLength"/> are ignored.</param>
    /// <param name="bitLength">Length in bits, 0 to 1,023.</param>
    /// <param name="references">Up to four.</param>
    /// <param name="exotic">Whether the first byte is a kind other than ordinary.</param>
    /// <exception cref="ArgumentException">More bits or references than a cell can have, or fewer bytes than the length says.</exception>
    /// <exception cref="TonFormatException">The tree is too deep, or an exotic cell isn't well-formed.</exception>
    public Cell(ReadOnlySpan<byte> data, int bitLength, ReadOnlySpan<Cell> references, bool exotic = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bitLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bitLength, MaxBits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(references.Length, MaxReferences, nameof(references));
        int bytes = (bitLength + 7) / 8;
        ArgumentOutOfRangeException.ThrowIfLessThan(data.Length, bytes, nameof(data));

        _data = data[..bytes].ToArray();
        if (bitLength % 8 != 0)
        {
            _data[^1] &= unchecked((byte)(0xff << (8 - (bitLength % 8))));
        }

        BitLength = bitLength;
        _references = references.ToArray();
        Kind = exotic ? ExoticKind() : CellKind.Ordinary;
        LevelMask = ComputeLevelMask();
        (_hashes, _depths) = ComputeHashes();
    }

    /// <summary>The cell with no bits and no references.</summary>
    public static Cell Empty { get; } = new([], 0, []);

    /// <summary>What the cell is.</summary>
    public CellKind Kind { get; }

    /// <summary>Length of the data in bits.</summary>
    public int BitLength { get; }

    /// <summary>The data; bits behind <see cref="BitLength"/> are zero.</summary>
    public ReadOnlySpan<byte> Data => _data;

    /// <summary>The references, in order.</summary>
    public ReadOnlySpan<Cell> References => _references;

    /// <summary>Bit i set: below this cell are branches pruned at level i + 1. Zero for nearly all cells.</summary>
    public byte LevelMask { get; }

    /// <summary>0 to 3: the highest level of the mask.</summary>
    public int Level => BitOperations.Log2(LevelMask) + (LevelMask == 0 ? 0 : 1);

    /// <summary>The representation hash, by which a cell is known.</summary>
    public Bits256 Hash => HashAt(MaxLevel);

    /// <summary>How many cells stand below each other, this one not counted.</summary>
    public int Depth => DepthAt(MaxLevel);

    /// <summary>First descriptor byte: references, exotic, level.</summary>
    internal byte FirstDescriptor => Descriptor(LevelMask);

    /// <summary>Second descriptor byte: length of the data in bytes, rounded down plus rounded up.</summary>
    internal byte SecondDescriptor => (byte)((BitLength / 8) + ((BitLength + 7) / 8));

    /// <summary>The hash that the cell has when branches pruned above <paramref name="level"/> are put back.</summary>
    /// <param name="level">0 to 3; at 3 it is <see cref="Hash"/>.</param>
    public Bits256 HashAt(int level) => _hashes[HashIndex(level)];

    /// <summary>The depth that the cell has when branches pruned above <paramref name="level"/> are put back.</summary>
    /// <param name="level">0 to 3; at 3 it is <see cref="Depth"/>.</param>
    public int DepthAt(int level) => _depths[HashIndex(level)];

    /// <summary>Begins to read the cell.</summary>
    public CellSlice BeginRead() => new(this);

    /// <inheritdoc/>
    public bool Equals(Cell? other) => other is not null && Hash == other.Hash;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Cell);

    /// <inheritdoc/>
    public override int GetHashCode() => Hash.GetHashCode();

    /// <summary>The hash in hexadecimal digits. Never the content, which may not be for logs.</summary>
    public override string ToString() => Hash.ToString();

    /// <summary>Data with the completion tag of a length that isn't whole bytes: a one and zeros.</summary>
    internal byte[] PaddedData()
    {
        byte[] padded = [.. _data];
        if (BitLength % 8 != 0)
        {
            padded[^1] |= (byte)(1 << (7 - (BitLength % 8)));
        }

        return padded;
    }

    private int HashIndex(int level) => BitOperations.PopCount((uint)LevelMask & ((1u << level) - 1));

    private byte Descriptor(int levelMask) => (byte)(_references.Length + (Kind == CellKind.Ordinary ? 0 : 8) + (32 * levelMask));

    private CellKind ExoticKind()
    {
        var kind = BitLength >= 8 ? (CellKind)_data[0] : CellKind.Ordinary;
        (int bits, int references) = kind switch
        {
            CellKind.PrunedBranch => (BitLength >= 16 ? 16 + (BitOperations.PopCount(_data[1]) * HashAndDepthBits) : 0, 0),
            CellKind.Library => (8 + (8 * Bits256.Length), 0),
            CellKind.MerkleProof => (8 + HashAndDepthBits, 1),
            CellKind.MerkleUpdate => (8 + (2 * HashAndDepthBits), 2),
            _ => throw new TonFormatException("cell.kind", "an exotic cell of a kind that isn't known"),
        };
        if (bits != BitLength || references != _references.Length)
        {
            throw new TonFormatException("cell.kind", $"{BitLength} bits and {_references.Length} references are not a cell of kind {kind}");
        }

        if (kind == CellKind.PrunedBranch && _data[1] is 0 or > 7)
        {
            throw new TonFormatException("cell.level", "a pruned branch has levels 1 to 3");
        }

        return kind;
    }

    private byte ComputeLevelMask()
    {
        int below = 0;
        foreach (Cell reference in _references)
        {
            below |= reference.LevelMask;
        }

        return (byte)(Kind switch
        {
            CellKind.PrunedBranch => _data[1],
            CellKind.MerkleProof or CellKind.MerkleUpdate => below >> 1,
            _ => below,
        });
    }

    private (Bits256[] Hashes, ushort[] Depths) ComputeHashes()
    {
        int count = BitOperations.PopCount(LevelMask) + 1;
        var hashes = new Bits256[count];
        var depths = new ushort[count];
        int first = Kind == CellKind.PrunedBranch ? count - 1 : 0;
        for (int i = 0; i < first; i++)
        {
            hashes[i] = new Bits256(_data.AsSpan(2 + (i * Bits256.Length), Bits256.Length));
            depths[i] = BinaryPrimitives.ReadUInt16BigEndian(_data.AsSpan(2 + (first * Bits256.Length) + (i * sizeof(ushort))));
        }

        // A branch inside a Merkle cell looks to it as it does one level further up.
        int shift = Kind is CellKind.MerkleProof or CellKind.MerkleUpdate ? 1 : 0;
        byte[] content = PaddedData();
        int index = 0;
        for (int level = 0; level <= Level; level++)
        {
            bool significant = level == 0 || (LevelMask & (1 << (level - 1))) != 0;
            if (significant && index++ >= first)
            {
                int at = index - 1;
                depths[at] = ComputeDepth(level + shift);
                hashes[at] = ComputeHash(content, level, shift);
                content = hashes[at].ToArray();
            }
        }

        RequireMerkleHashes();
        return (hashes, depths);
    }

    private ushort ComputeDepth(int level)
    {
        int depth = 0;
        foreach (Cell reference in _references)
        {
            depth = Math.Max(depth, reference.DepthAt(level) + 1);
        }

        return depth <= MaxDepth ? (ushort)depth : throw new TonFormatException("cell.depth", $"more than {MaxDepth} cells below each other");
    }

    private Bits256 ComputeHash(ReadOnlySpan<byte> content, int level, int shift)
    {
        Span<byte> representation = stackalloc byte[2 + 128 + (MaxReferences * (sizeof(ushort) + Bits256.Length))];
        representation[0] = Descriptor(LevelMask & ((1 << level) - 1));
        representation[1] = SecondDescriptor;
        content.CopyTo(representation[2..]);
        int length = 2 + content.Length;
        foreach (Cell reference in _references)
        {
            BinaryPrimitives.WriteUInt16BigEndian(representation[length..], (ushort)reference.DepthAt(level + shift));
            length += sizeof(ushort);
        }

        foreach (Cell reference in _references)
        {
            reference.HashAt(level + shift).CopyTo(representation[length..]);
            length += Bits256.Length;
        }

        Span<byte> hash = stackalloc byte[Bits256.Length];
        SHA256.HashData(representation[..length], hash);
        return new Bits256(hash);
    }

    /// <summary>A Merkle cell that doesn't say what its trees hash to proves nothing.</summary>
    private void RequireMerkleHashes()
    {
        if (Kind is not (CellKind.MerkleProof or CellKind.MerkleUpdate))
        {
            return;
        }

        for (int i = 0; i < _references.Length; i++)
        {
            var hash = new Bits256(_data.AsSpan(1 + (i * Bits256.Length), Bits256.Length));
            int depth = BinaryPrimitives.ReadUInt16BigEndian(_data.AsSpan(1 + (_references.Length * Bits256.Length) + (i * sizeof(ushort))));
            if (hash != _references[i].HashAt(0) || depth != _references[i].DepthAt(0))
            {
                throw new TonFormatException("cell.merkle", "the hash or depth is not that of the tree below");
            }
        }
    }
}
