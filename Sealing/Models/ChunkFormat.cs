using System.Buffers.Binary;

namespace CocoonOrleans.Sealing.Models;

/// <summary>How a file of weights lies in encrypted pieces (docs/protocol.md, section 16).</summary>
internal static class ChunkFormat
{
    /// <summary>Bytes of a plain piece; the last has the rest.</summary>
    public const int PieceBytes = 4 << 20;

    /// <summary>Bytes that encryption adds to each.</summary>
    public const int TagBytes = 16;

    /// <summary>Bytes of an initialisation vector.</summary>
    public const int IvBytes = 12;

    /// <summary>How many pieces a file has; an empty one has an empty piece.</summary>
    public static long Pieces(long length) => Math.Max(1, (length + PieceBytes - 1) / PieceBytes);

    /// <summary>How long the encrypted file is.</summary>
    public static long EncryptedBytes(long length) => length + (Pieces(length) * TagBytes);

    /// <summary>How long a piece is.</summary>
    public static int PieceLength(long length, long index) => (int)Math.Min(PieceBytes, length - (index * PieceBytes));

    /// <summary>A piece's vector: its number.</summary>
    public static void WriteIv(long index, Span<byte> iv)
    {
        iv.Clear();
        BinaryPrimitives.WriteInt64BigEndian(iv[(IvBytes - sizeof(long))..], index);
    }

    /// <summary>What is bound to a piece: its number, whether it is the last, and the file's name.</summary>
    public static byte[] Bound(long index, bool isLast, string name)
    {
        var bound = new byte[sizeof(long) + 1 + name.Length];
        BinaryPrimitives.WriteInt64BigEndian(bound, index);
        bound[sizeof(long)] = isLast ? (byte)1 : (byte)0;
        System.Text.Encoding.ASCII.GetBytes(name, bound.AsSpan(sizeof(long) + 1));
        return bound;
    }
}
