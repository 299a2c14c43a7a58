using System.Buffers.Binary;

namespace CocoonOrleans.Ton.Cells;

/// <summary>
/// Bags of cells: trees of cells as bytes, each cell once (TON, "BoC", magic number b5ee9c72). We read and write bags with one root.
/// </summary>
public static class Boc
{
    internal const uint Magic = 0xb5ee9c72;
    internal const byte IndexFlag = 0x80;
    internal const byte ChecksumFlag = 0x40;

    /// <summary>Reads a bag.</summary>
    /// <param name="bytes">The whole bag and nothing else.</param>
    /// <param name="limits">What it may be at most; <see cref="BocLimits.Default"/> when none are given.</param>
    /// <exception cref="TonFormatException">It is anything but a well-formed bag within the limits.</exception>
    public static Cell Parse(ReadOnlySpan<byte> bytes, BocLimits? limits = null) => new BocReader(bytes, limits ?? BocLimits.Default).Read();

    /// <summary>Reads a bag in base64.</summary>
    /// <exception cref="TonFormatException">It is anything but a well-formed bag within the limits.</exception>
    public static Cell ParseBase64(string? text, string field, BocLimits? limits = null)
    {
        limits ??= BocLimits.Default;
        if (text is null || text.Length > ((limits.MaxBytes + 2) / 3 * 4))
        {
            throw new TonFormatException(field, text is null ? "it is missing" : $"more than {limits.MaxBytes} bytes");
        }

        byte[] bytes = new byte[text.Length / 4 * 3];
        return Convert.TryFromBase64String(text, bytes, out int written)
            ? Parse(bytes.AsSpan(0, written), limits)
            : throw new TonFormatException(field, "it is not base64");
    }

    /// <summary>Writes a tree of cells, equal ones once, parents before what they refer to.</summary>
    public static byte[] Write(Cell root, BocForm form = BocForm.Checked)
    {
        ArgumentNullException.ThrowIfNull(root);
        List<Cell> cells = InOrder(root);
        var places = new Dictionary<Bits256, int>(cells.Count);
        int contentLength = 0;
        int references = 0;
        foreach (Cell cell in cells)
        {
            places.Add(cell.Hash, places.Count);
            contentLength += 2 + cell.Data.Length;
            references += cell.References.Length;
        }

        int placeSize = SizeOf(cells.Count);
        contentLength += references * placeSize;
        int offsetSize = SizeOf(contentLength);
        bool indexed = form == BocForm.Indexed;
        bool checkSummed = form != BocForm.Plain;

        using var output = new MemoryStream();
        Write(output, Magic, 4);
        Write(output, (uint)((indexed ? IndexFlag : 0) | (checkSummed ? ChecksumFlag : 0) | placeSize), 1);
        Write(output, (uint)offsetSize, 1);
        Write(output, (uint)cells.Count, placeSize);
        Write(output, 1, placeSize); // roots
        Write(output, 0, placeSize); // absent cells
        Write(output, (uint)contentLength, offsetSize);
        Write(output, 0, placeSize); // the root is the first cell
        if (indexed)
        {
            int end = 0;
            foreach (Cell cell in cells)
            {
                end += 2 + cell.Data.Length + (cell.References.Length * placeSize);
                Write(output, (uint)end, offsetSize);
            }
        }

        foreach (Cell cell in cells)
        {
            output.WriteByte(cell.FirstDescriptor);
            output.WriteByte(cell.SecondDescriptor);
            output.Write(cell.PaddedData());
            foreach (Cell reference in cell.References)
            {
                Write(output, (uint)places[reference.Hash], placeSize);
            }
        }

        if (checkSummed)
        {
            Span<byte> sum = stackalloc byte[sizeof(uint)];
            BinaryPrimitives.WriteUInt32LittleEndian(sum, Crc32C.Compute(output.ToArray()));
            output.Write(sum);
        }

        return output.ToArray();
    }

    /// <summary>Writes a tree of cells in base64.</summary>
    public static string WriteBase64(Cell root, BocForm form = BocForm.Checked) => Convert.ToBase64String(Write(root, form));

    /// <summary>
    /// Each cell once, before all that it refers to. Any such order is a valid bag; this one (what is below the last reference is put at the
    /// end first) gives the bytes that TON's JavaScript library gives.
    /// </summary>
    private static List<Cell> InOrder(Cell root)
    {
        var seen = new HashSet<Bits256>();
        var reversed = new List<Cell>();
        Visit(root);
        reversed.Reverse();
        return reversed;

        // No deeper than cells are.
        void Visit(Cell cell)
        {
            if (!seen.Add(cell.Hash))
            {
                return;
            }

            for (int i = cell.References.Length - 1; i >= 0; i--)
            {
                Visit(cell.References[i]);
            }

            reversed.Add(cell);
        }
    }

    private static int SizeOf(int value) => value switch
    {
        <= 0xff => 1,
        <= 0xffff => 2,
        <= 0xffffff => 3,
        _ => 4,
    };

    private static void Write(MemoryStream output, uint value, int size)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        output.Write(bytes[(sizeof(uint) - size)..]);
    }
}
