namespace CocoonOrleans.Ton.Cells;

/// <summary>Bits in bytes, from the highest bit of the first byte on.</summary>
internal static class BitString
{
    /// <summary>The bit at a position.</summary>
    public static bool At(ReadOnlySpan<byte> bits, int position) => (bits[position / 8] & (0x80 >> (position % 8))) != 0;

    /// <summary>Copies bits into a place that holds zeros.</summary>
    public static void Copy(ReadOnlySpan<byte> from, int fromPosition, Span<byte> to, int toPosition, int count)
    {
        if (fromPosition % 8 == 0 && toPosition % 8 == 0)
        {
            int bytes = count / 8;
            from.Slice(fromPosition / 8, bytes).CopyTo(to[(toPosition / 8)..]);
            fromPosition += 8 * bytes;
            toPosition += 8 * bytes;
            count -= 8 * bytes;
        }

        for (int i = 0; i < count; i++)
        {
            if (At(from, fromPosition + i))
            {
                Set(to, toPosition + i);
            }
        }
    }

    /// <summary>Sets the bit at a position.</summary>
    public static void Set(Span<byte> bits, int position) => bits[position / 8] |= (byte)(0x80 >> (position % 8));
}
