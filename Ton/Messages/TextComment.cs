using CocoonOrleans.Ton.Cells;

namespace CocoonOrleans.Ton.Messages;

/// <summary>The text that people attach to a transfer: 32 zero bits, then UTF-8 (TON, "Internal messages", simple transfer with comment).</summary>
public static class TextComment
{
    private const uint Op = 0;

    /// <summary>The body of a transfer with a text.</summary>
    /// <param name="text">Up to 4,096 bytes in UTF-8.</param>
    /// <exception cref="ArgumentException">The text is longer, or isn't Unicode.</exception>
    public static Cell ToCell(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var builder = new CellBuilder().StoreUInt(Op, 32);
        SnakeText.Store(builder, text);
        return builder.Build();
    }

    /// <summary>The text of a body; null where it is anything else: no comment, an encrypted one (2167da4b), broken UTF-8.</summary>
    public static string? Find(Cell body)
    {
        ArgumentNullException.ThrowIfNull(body);
        CellSlice slice = body.BeginRead();
        if (body.Kind != CellKind.Ordinary || slice.BitsLeft < 32 || slice.ReadUInt32("comment.op") != Op)
        {
            return null;
        }

        try
        {
            return SnakeText.Read(slice, "comment.text");
        }
        catch (TonFormatException)
        {
            return null;
        }
    }
}
