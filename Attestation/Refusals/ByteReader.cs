using System.Buffers.Binary;

namespace CocoonOrleans.Attestation.Refusals;

/// <summary>Reads untrusted bytes front to back; a read beyond the end is a refusal that says what was missing. Numbers are little-endian.</summary>
/// <param name="bytes">The bytes.</param>
/// <param name="truncatedCode">The code of a read beyond the end.</param>
internal struct ByteReader(ReadOnlyMemory<byte> bytes, string truncatedCode)
{
    /// <summary>How much was read.</summary>
    public int Position { get; private set; }

    /// <summary>How much is left.</summary>
    public readonly int Left => bytes.Length - Position;

    /// <summary>The next bytes.</summary>
    /// <param name="count">How many, as a declared length says it: any value.</param>
    /// <param name="what">What they are, for the reason.</param>
    public ReadOnlyMemory<byte> Take(long count, string what)
    {
        if (count < 0 || count > Left)
        {
            throw new RefusedException(truncatedCode, $"{what} needs {count} bytes; {Left} are left at offset {Position}");
        }

        var taken = bytes.Slice(Position, (int)count);
        Position += (int)count;
        return taken;
    }

    /// <summary>A number of 8 bits.</summary>
    public byte Byte(string what) => Take(sizeof(byte), what).Span[0];

    /// <summary>A number of 16 bits.</summary>
    public ushort UInt16(string what) => BinaryPrimitives.ReadUInt16LittleEndian(Take(sizeof(ushort), what).Span);

    /// <summary>A number of 32 bits.</summary>
    public uint UInt32(string what) => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint), what).Span);
}
