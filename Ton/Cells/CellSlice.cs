using System.Buffers.Binary;
using CocoonOrleans.Market;
using CocoonOrleans.Ton.Addresses;

namespace CocoonOrleans.Ton.Cells;

/// <summary>
/// Reads a cell field by field. What isn't there, or isn't what it should be, is a <see cref="TonFormatException"/> with the name of the
/// field that was being read.
/// </summary>
public sealed class CellSlice
{
    private readonly Cell _cell;
    private int _position;
    private int _reference;

    internal CellSlice(Cell cell) => _cell = cell;

    /// <summary>Bits not read yet.</summary>
    public int BitsLeft => _cell.BitLength - _position;

    /// <summary>References not read yet.</summary>
    public int ReferencesLeft => _cell.References.Length - _reference;

    /// <summary>Whether nothing is left to read.</summary>
    public bool IsEmpty => BitsLeft == 0 && ReferencesLeft == 0;

    /// <summary>One bit.</summary>
    public bool ReadBit(string field) => BitString.At(_cell.Data, Take(1, field));

    /// <summary>An unsigned integer of up to 64 bits.</summary>
    public ulong ReadUInt(int bits, string field)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BitString.Copy(_cell.Data, Take(bits, field), bytes, 64 - bits, bits);
        return BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }

    /// <summary>An unsigned integer of 32 bits: an op, a time, a number.</summary>
    public uint ReadUInt32(string field) => (uint)ReadUInt(32, field);

    /// <summary>A signed integer of up to 64 bits, in two's complement.</summary>
    public long ReadInt(int bits, string field)
    {
        long shifted = unchecked((long)(ReadUInt(bits, field) << (64 - bits)));
        return shifted >> (64 - bits);
    }

    /// <summary>Whole bytes.</summary>
    public byte[] ReadBytes(int count, string field)
    {
        int at = Take(8 * count, field);
        byte[] bytes = new byte[count];
        BitString.Copy(_cell.Data, at, bytes, 0, 8 * count);
        return bytes;
    }

    /// <summary>A hash, a key.</summary>
    public Bits256 ReadBits256(string field) => new(ReadBytes(Bits256.Length, field));

    /// <summary>Bits, from the highest one of the first byte on.</summary>
    public byte[] ReadBits(int count, string field)
    {
        int at = Take(count, field);
        byte[] bits = new byte[(count + 7) / 8];
        BitString.Copy(_cell.Data, at, bits, 0, count);
        return bits;
    }

    /// <summary>Coins (VarUInteger 16). An amount above 2^63 - 1 nano, more than there are coins, is refused, never cut.</summary>
    public Nano ReadCoins(string field)
    {
        int bytes = (int)ReadUInt(4, field);
        for (; bytes > sizeof(ulong); bytes--)
        {
            if (ReadUInt(8, field) != 0)
            {
                throw TooManyCoins(field);
            }
        }

        ulong amount = ReadUInt(8 * bytes, field);
        return amount <= long.MaxValue ? new Nano((long)amount) : throw TooManyCoins(field);
    }

    /// <summary>An address of TON, or none. External addresses, anycast and other workchains are refused.</summary>
    public TonAddress? ReadAddress(string field)
    {
        switch (ReadUInt(2, field))
        {
            case 0b00:
                return null;
            case 0b10:
                if (ReadBit(field))
                {
                    throw new TonFormatException(field, "an anycast address");
                }

                return TonAddress.Create((int)ReadInt(8, field), ReadBits256(field), field);
            default:
                throw new TonFormatException(field, "neither an address of TON nor none");
        }
    }

    /// <summary>An address of TON that must be there.</summary>
    public TonAddress RequireAddress(string field) => ReadAddress(field) ?? throw new TonFormatException(field, "the address is missing");

    /// <summary>A reference.</summary>
    public Cell ReadReference(string field) => ReferencesLeft > 0
        ? _cell.References[_reference++]
        : throw new TonFormatException(field, "the reference is missing");

    /// <summary>A bit that says whether a reference follows (Maybe ^Cell, HashmapE), and the reference.</summary>
    public Cell? ReadMaybeReference(string field) => ReadBit(field) ? ReadReference(field) : null;

    /// <summary>All that is left, as a cell of its own.</summary>
    public Cell ReadRest()
    {
        int bits = BitsLeft;
        var rest = new CellBuilder().StoreBits(ReadBits(bits, "rest"), bits);
        while (ReferencesLeft > 0)
        {
            rest.StoreReference(ReadReference("rest"));
        }

        return rest.Build();
    }

    /// <summary>Refuses what is left over.</summary>
    public void RequireEnd(string field)
    {
        if (!IsEmpty)
        {
            throw new TonFormatException(field, $"{BitsLeft} bits and {ReferencesLeft} references too many");
        }
    }

    private static TonFormatException TooManyCoins(string field) => new(field, "more than 2^63 - 1 nano");

    private int Take(int bits, string field)
    {
        if (bits > BitsLeft)
        {
            throw new TonFormatException(field, $"{bits} bits are needed, {BitsLeft} are left");
        }

        int at = _position;
        _position += bits;
        return at;
    }
}
