using System.Buffers.Binary;
using System.Numerics;

namespace CocoonOrleans.Ton.Cells;

/// <summary>Reads one bag of cells, which may be anything: every length is checked against what is there before it is used.</summary>
internal ref struct BocReader(ReadOnlySpan<byte> bytes, BocLimits limits)
{
    private const byte CacheBitsFlag = 0x20;
    private const byte ReservedFlags = 0x18;
    private const byte StoredHashesFlag = 0x10;
    private const byte ExoticFlag = 0x08;
    private const int LeastBytesPerCell = 2;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _position;

    public Cell Read()
    {
        if (_bytes.Length > limits.MaxBytes)
        {
            throw new TonFormatException("boc", $"{_bytes.Length} bytes, {limits.MaxBytes} are allowed");
        }

        if (ReadNumber(4, "boc.magic") != Boc.Magic)
        {
            throw new TonFormatException("boc.magic", "not a bag of cells");
        }

        int flags = (int)ReadNumber(1, "boc.flags");
        if ((flags & (CacheBitsFlag | ReservedFlags)) != 0)
        {
            throw new TonFormatException("boc.flags", "cache bits or reserved flags");
        }

        int placeSize = Size(flags & 7, 4, "boc.place size");
        int offsetSize = Size((int)ReadNumber(1, "boc.offset size"), 8, "boc.offset size");
        int count = ReadCount(placeSize);
        if (ReadNumber(placeSize, "boc.roots") != 1 || ReadNumber(placeSize, "boc.absent") != 0)
        {
            throw new TonFormatException("boc.roots", "one root and no absent cells are needed");
        }

        ulong contentLength = ReadNumber(offsetSize, "boc.content length");
        if (ReadNumber(placeSize, "boc.root") != 0)
        {
            throw new TonFormatException("boc.root", "the root is not the first cell");
        }

        ReadOnlySpan<byte> index = (flags & Boc.IndexFlag) != 0 ? Take(count * offsetSize, "boc.index") : [];
        int checksumLength = (flags & Boc.ChecksumFlag) != 0 ? sizeof(uint) : 0;
        if (contentLength > int.MaxValue || _position + (long)contentLength + checksumLength != _bytes.Length)
        {
            throw new TonFormatException("boc.content length", "bytes are missing or left over");
        }

        if (checksumLength > 0 && BinaryPrimitives.ReadUInt32LittleEndian(_bytes[^checksumLength..]) != Crc32C.Compute(_bytes[..^checksumLength]))
        {
            throw new TonFormatException("boc.checksum", "the check sum is wrong");
        }

        return ReadCells(count, placeSize, index, offsetSize, _bytes.Length - checksumLength);
    }

    private Cell ReadCells(int count, int placeSize, ReadOnlySpan<byte> index, int offsetSize, int end)
    {
        int start = _position;
        var descriptions = new CellDescription[count];
        bool[] isReferred = new bool[count];
        for (int i = 0; i < count; i++)
        {
            descriptions[i] = Describe(i, count, placeSize, isReferred);
            if (!index.IsEmpty && ToNumber(index.Slice(i * offsetSize, offsetSize), "boc.index") != (ulong)(_position - start))
            {
                throw new TonFormatException("boc.index", "a cell is not where the index says");
            }

            if (i > 0 && !isReferred[i])
            {
                throw new TonFormatException("boc.cells", "a cell that nothing refers to");
            }
        }

        if (_position != end)
        {
            throw new TonFormatException("boc.cells", "bytes are missing or left over");
        }

        // References point forward: from the last cell on, all that a cell needs is there.
        var cells = new Cell[count];
        var references = new Cell[Cell.MaxReferences];
        for (int i = count - 1; i >= 0; i--)
        {
            CellDescription description = descriptions[i];
            for (int r = 0; r < description.References; r++)
            {
                references[r] = cells[(int)ToNumber(_bytes.Slice(description.PlacesAt + (r * placeSize), placeSize), "boc.reference")];
            }

            cells[i] = new Cell(_bytes.Slice(description.DataAt, (description.Bits + 7) / 8), description.Bits, references.AsSpan(0, description.References), description.Exotic);
            if (cells[i].FirstDescriptor != description.FirstDescriptor)
            {
                throw new TonFormatException("boc.level", "a cell's level is not what it says");
            }
        }

        return cells[0];
    }

    private CellDescription Describe(int number, int count, int placeSize, bool[] isReferred)
    {
        byte first = (byte)ReadNumber(1, "boc.cell");
        int references = first & 7;
        if (references > Cell.MaxReferences || (first & StoredHashesFlag) != 0)
        {
            throw new TonFormatException("boc.cell", "more than four references, an absent cell, or stored hashes");
        }

        int second = (int)ReadNumber(1, "boc.cell");
        int length = (second + 1) / 2;
        int dataAt = _position;
        ReadOnlySpan<byte> data = Take(length, "boc.cell");
        int bits = 8 * length;
        if (second % 2 == 1)
        {
            int tag = data[^1] == 0 ? 8 : BitOperations.TrailingZeroCount(data[^1]);
            if (tag >= 7)
            {
                throw new TonFormatException("boc.cell", "a length in bits that is whole bytes or has no end");
            }

            bits -= tag + 1;
        }

        if (bits > Cell.MaxBits)
        {
            throw new TonFormatException("boc.cell", $"more than {Cell.MaxBits} bits");
        }

        int placesAt = _position;
        for (int i = 0; i < references; i++)
        {
            ulong place = ReadNumber(placeSize, "boc.reference");
            if (place <= (ulong)number || place >= (ulong)count)
            {
                throw new TonFormatException("boc.reference", "a reference that doesn't point forward to a cell");
            }

            isReferred[(int)place] = true;
        }

        return new CellDescription(first, dataAt, bits, placesAt, references, (first & ExoticFlag) != 0);
    }

    private int ReadCount(int placeSize)
    {
        ulong count = ReadNumber(placeSize, "boc.count");
        return count >= 1 && count <= (ulong)limits.MaxCells && count <= (ulong)(_bytes.Length / LeastBytesPerCell)
            ? (int)count
            : throw new TonFormatException("boc.count", $"1 to {limits.MaxCells} cells are allowed, and no more than there are bytes for");
    }

    private static int Size(int size, int most, string field) =>
        size >= 1 && size <= most ? size : throw new TonFormatException(field, $"1 to {most} bytes are allowed");

    private ulong ReadNumber(int size, string field) => ToNumber(Take(size, field), field);

    private static ulong ToNumber(ReadOnlySpan<byte> bytes, string field)
    {
        if (bytes.Length > sizeof(ulong))
        {
            throw new TonFormatException(field, "a number of more than eight bytes");
        }

        ulong number = 0;
        foreach (byte value in bytes)
        {
            number = (number << 8) | value;
        }

        return number;
    }

    private ReadOnlySpan<byte> Take(int count, string field)
    {
        if (count > _bytes.Length - _position)
        {
            throw new TonFormatException(field, "the bytes end here");
        }

        ReadOnlySpan<byte> taken = _bytes.Slice(_position, count);
        _position += count;
        return taken;
    }

    /// <summary>Where a cell's parts stand in the bag.</summary>
    private readonly record struct CellDescription(byte FirstDescriptor, int DataAt, int Bits, int PlacesAt, int References, bool Exotic);
}
