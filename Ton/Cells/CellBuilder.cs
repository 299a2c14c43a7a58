using System.Buffers.Binary;
using System.Numerics;
using CocoonOrleans.Market;
using CocoonOrleans.Ton.Addresses;

namespace CocoonOrleans.Ton.Cells;

/// <summary>
/// Writes a cell field by field. What doesn't fit is a mistake of the caller: <see cref="ArgumentOutOfRangeException"/> for a value that its
/// field can't hold, <see cref="InvalidOperationException"/> for more than a cell holds.
/// </summary>
public sealed class CellBuilder
{
    private readonly byte[] _data = new byte[(Cell.MaxBits + 7) / 8];
    private readonly List<Cell> _references = new(Cell.MaxReferences);

    /// <summary>Bits written so far.</summary>
    public int BitLength { get; private set; }

    /// <summary>Bits that still fit.</summary>
    public int BitsLeft => Cell.MaxBits - BitLength;

    /// <summary>References that still fit.</summary>
    public int ReferencesLeft => Cell.MaxReferences - _references.Count;

    /// <summary>One bit.</summary>
    public CellBuilder StoreBit(bool bit)
    {
        int at = Reserve(1);
        if (bit)
        {
            BitString.Set(_data, at);
        }

        return this;
    }

    /// <summary>An unsigned integer, highest bit first.</summary>
    /// <param name="value">Below 2^<paramref name="bits"/>.</param>
    /// <param name="bits">0 to 64.</param>
    public CellBuilder StoreUInt(ulong value, int bits)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, 64);
        if (bits < 64 && value >> bits != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(value), $"The value has more than {bits} bits.");
        }

        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        BitString.Copy(bytes, 64 - bits, _data, Reserve(bits), bits);
        return this;
    }

    /// <summary>A signed integer in two's complement, highest bit first.</summary>
    /// <param name="value">-2^(<paramref name="bits"/> - 1) to 2^(<paramref name="bits"/> - 1) - 1.</param>
    /// <param name="bits">1 to 64.</param>
    public CellBuilder StoreInt(long value, int bits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, 64);
        if (bits < 64 && value >> (bits - 1) is not 0 and not -1)
        {
            throw new ArgumentOutOfRangeException(nameof(value), $"The value has more than {bits} bits.");
        }

        ulong mask = ulong.MaxValue >> (64 - bits);
        return StoreUInt(unchecked((ulong)value) & mask, bits);
    }

    /// <summary>Whole bytes.</summary>
    public CellBuilder StoreBytes(ReadOnlySpan<byte> bytes) => StoreBits(bytes, bytes.Length * 8);

    /// <summary>Bits from the highest one of the first byte on.</summary>
    public CellBuilder StoreBits(ReadOnlySpan<byte> bits, int count)
    {
        BitString.Copy(bits, 0, _data, Reserve(count), count);
        return this;
    }

    /// <summary>A hash, a key.</summary>
    public CellBuilder StoreBits256(Bits256 bits)
    {
        Span<byte> bytes = stackalloc byte[Bits256.Length];
        bits.CopyTo(bytes);
        return StoreBytes(bytes);
    }

    /// <summary>Coins, a VarUInteger 16: the number of bytes in four bits, then the bytes without leading zeros.</summary>
    /// <param name="amount">Not below zero.</param>
    public CellBuilder StoreCoins(Nano amount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(amount.Value, nameof(amount));
        int bytes = (64 - BitOperations.LeadingZeroCount((ulong)amount.Value) + 7) / 8;
        return StoreUInt((ulong)bytes, 4).StoreUInt((ulong)amount.Value, 8 * bytes);
    }

    /// <summary>An address of TON (addr_std), or none (addr_none).</summary>
    public CellBuilder StoreAddress(TonAddress? address) => address is null
        ? StoreUInt(0b00, 2)
        : StoreUInt(0b100, 3).StoreInt(address.Workchain, 8).StoreBits256(address.Account);

    /// <summary>A reference.</summary>
    public CellBuilder StoreReference(Cell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        if (ReferencesLeft == 0)
        {
            throw new InvalidOperationException($"A cell has no more than {Cell.MaxReferences} references.");
        }

        _references.Add(cell);
        return this;
    }

    /// <summary>A bit that says whether a reference follows (Maybe ^Cell), and the reference.</summary>
    public CellBuilder StoreMaybeReference(Cell? cell)
    {
        StoreBit(cell is not null);
        return cell is null ? this : StoreReference(cell);
    }

    /// <summary>Bits and references of another cell, as part of this one.</summary>
    public CellBuilder StoreContent(Cell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        StoreBits(cell.Data, cell.BitLength);
        foreach (Cell reference in cell.References)
        {
            StoreReference(reference);
        }

        return this;
    }

    /// <summary>The cell.</summary>
    /// <param name="exotic">Whether the first byte is the kind of an exotic cell.</param>
    /// <exception cref="TonFormatException">The tree is too deep, or the exotic cell isn't well-formed.</exception>
    public Cell Build(bool exotic = false) => new(_data, BitLength, [.. _references], exotic);

    private int Reserve(int bits)
    {
        if (bits > BitsLeft)
        {
            throw new InvalidOperationException($"A cell has no more than {Cell.MaxBits} bits.");
        }

        int at = BitLength;
        BitLength += bits;
        return at;
    }
}
