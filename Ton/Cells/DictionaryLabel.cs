using System.Numerics;

namespace CocoonOrleans.Ton.Cells;

/// <summary>
/// The label of a dictionary's edge (HmLabel): the shortest of its three forms; where two are as short, the first of short, long, same.
/// Nodes choose so, and any other choice gives another hash.
/// </summary>
internal static class DictionaryLabel
{
    private enum Form
    {
        Short,
        Long,
        Same,
    }

    /// <summary>Writes a label.</summary>
    /// <param name="builder">Where to.</param>
    /// <param name="key">A key that has the label.</param>
    /// <param name="from">Where in the key it begins.</param>
    /// <param name="length">Its length in bits.</param>
    /// <param name="most">How many bits of the key were left.</param>
    public static void Write(CellBuilder builder, ReadOnlySpan<byte> key, int from, int length, int most)
    {
        int lengthBits = LengthBits(most);
        switch (FormOf(key, from, length, most))
        {
            case Form.Short:
                builder.StoreBit(false);
                for (int i = 0; i < length; i++)
                {
                    builder.StoreBit(true);
                }

                builder.StoreBit(false);
                StoreLabel(builder, key, from, length);
                break;
            case Form.Long:
                builder.StoreUInt(0b10, 2).StoreUInt((ulong)length, lengthBits);
                StoreLabel(builder, key, from, length);
                break;
            default:
                builder.StoreUInt(0b11, 2).StoreBit(BitString.At(key, from)).StoreUInt((ulong)length, lengthBits);
                break;
        }
    }

    /// <summary>Reads a label into a key whose bits are zero from there on.</summary>
    /// <returns>Its length in bits.</returns>
    /// <exception cref="TonFormatException">It isn't there, is longer than the key, or isn't in the form that nodes write.</exception>
    public static int Read(CellSlice slice, Span<byte> key, int from, int most, string field)
    {
        Form form = !slice.ReadBit(field) ? Form.Short : slice.ReadBit(field) ? Form.Same : Form.Long;
        bool same = form == Form.Same && slice.ReadBit(field);
        int length = 0;
        if (form == Form.Short)
        {
            while (slice.ReadBit(field))
            {
                length++;
            }
        }
        else
        {
            length = (int)slice.ReadUInt(LengthBits(most), field);
        }

        if (length > most)
        {
            throw new TonFormatException(field, "a label longer than the key");
        }

        for (int i = 0; i < length; i++)
        {
            if (form == Form.Same ? same : slice.ReadBit(field))
            {
                BitString.Set(key, from + i);
            }
        }

        return form == FormOf(key, from, length, most) ? length : throw new TonFormatException(field, "a label that isn't in its shortest form");
    }

    private static void StoreLabel(CellBuilder builder, ReadOnlySpan<byte> key, int from, int length)
    {
        for (int i = 0; i < length; i++)
        {
            builder.StoreBit(BitString.At(key, from + i));
        }
    }

    private static Form FormOf(ReadOnlySpan<byte> key, int from, int length, int most)
    {
        int lengthBits = LengthBits(most);
        int shortSize = 2 + (2 * length);
        int longSize = 2 + lengthBits + length;
        int sameSize = IsOneBit(key, from, length) ? 3 + lengthBits : int.MaxValue;
        return shortSize <= longSize && shortSize <= sameSize ? Form.Short : longSize <= sameSize ? Form.Long : Form.Same;
    }

    /// <summary>Whether the label is one bit repeated.</summary>
    private static bool IsOneBit(ReadOnlySpan<byte> key, int from, int length)
    {
        for (int i = 1; i < length; i++)
        {
            if (BitString.At(key, from + i) != BitString.At(key, from))
            {
                return false;
            }
        }

        return length > 0;
    }

    /// <summary>Bits of a number from 0 to <paramref name="most"/>.</summary>
    private static int LengthBits(int most) => 32 - BitOperations.LeadingZeroCount((uint)most);
}
