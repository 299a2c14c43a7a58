using System.Text;
using CocoonOrleans.Ton.Cells;

namespace CocoonOrleans.Ton.Messages;

/// <summary>UTF-8 text over a chain of cells: as many whole bytes as fit, the rest behind a reference (TEP-64, "snake").</summary>
internal static class SnakeText
{
    /// <summary>The longest text that we read or write, in bytes.</summary>
    public const int MaxBytes = 4_096;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="ArgumentException">The text is too long, or isn't Unicode.</exception>
    public static void Store(CellBuilder builder, string text)
    {
        byte[] bytes = Strict.GetBytes(text);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, MaxBytes, nameof(text));
        Store(builder, bytes);
    }

    /// <exception cref="TonFormatException">It isn't whole bytes of UTF-8 in a chain, or is too long.</exception>
    public static string Read(CellSlice slice, string field)
    {
        var bytes = new List<byte>();
        while (true)
        {
            if (slice.BitsLeft % 8 != 0 || slice.ReferencesLeft > 1)
            {
                throw new TonFormatException(field, "not text in a chain of cells");
            }

            bytes.AddRange(slice.ReadBytes(slice.BitsLeft / 8, field));
            if (bytes.Count > MaxBytes)
            {
                throw new TonFormatException(field, $"more than {MaxBytes} bytes");
            }

            if (slice.ReferencesLeft == 0)
            {
                break;
            }

            slice = slice.ReadReference(field).BeginRead();
        }

        try
        {
            return Strict.GetString([.. bytes]);
        }
        catch (DecoderFallbackException)
        {
            throw new TonFormatException(field, "not UTF-8");
        }
    }

    private static void Store(CellBuilder builder, ReadOnlySpan<byte> bytes)
    {
        int here = Math.Min(bytes.Length, builder.BitsLeft / 8);
        builder.StoreBytes(bytes[..here]);
        if (here < bytes.Length)
        {
            var next = new CellBuilder();
            Store(next, bytes[here..]);
            builder.StoreReference(next.Build());
        }
    }
}
