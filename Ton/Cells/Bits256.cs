using System.Buffers.Binary;

namespace CocoonOrleans.Ton.Cells;

/// <summary>32 bytes compared by value: a hash, a public key, the account part of an address. The default is all zeros.</summary>
public readonly struct Bits256 : IEquatable<Bits256>
{
    /// <summary>Length in bytes.</summary>
    public const int Length = 32;

    private readonly ulong _first;
    private readonly ulong _second;
    private readonly ulong _third;
    private readonly ulong _fourth;

    /// <summary>Copies 32 bytes.</summary>
    /// <exception cref="ArgumentException">There are not 32 of them.</exception>
    public Bits256(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
        {
            throw new ArgumentException($"{bytes.Length} bytes instead of {Length}.", nameof(bytes));
        }

        _first = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _second = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _third = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        _fourth = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
    }

    /// <summary>Whether all bits are zero.</summary>
    public bool IsZero => (_first | _second | _third | _fourth) == 0;

    /// <summary>Reads 64 hexadecimal digits.</summary>
    /// <param name="text">The digits, of either case.</param>
    /// <param name="field">What the error names.</param>
    /// <exception cref="TonFormatException">The text is something else.</exception>
    public static Bits256 Parse(string? text, string field)
    {
        Span<byte> bytes = stackalloc byte[Length];
        if (text?.Length != 2 * Length || Convert.FromHexString(text, bytes, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            throw new TonFormatException(field, "64 hexadecimal digits are needed");
        }

        return new Bits256(bytes);
    }

    /// <summary>Copies the 32 bytes out.</summary>
    /// <exception cref="ArgumentException">The destination is shorter.</exception>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _first);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _second);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], _third);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], _fourth);
    }

    /// <summary>The 32 bytes in an array of their own.</summary>
    public byte[] ToArray()
    {
        byte[] bytes = new byte[Length];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>64 hexadecimal digits in lower case.</summary>
    public override string ToString() => Convert.ToHexStringLower(ToArray());

    /// <inheritdoc/>
    public bool Equals(Bits256 other) =>
        _first == other._first && _second == other._second && _third == other._third && _fourth == other._fourth;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Bits256 other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_first, _second, _third, _fourth);

    /// <summary>Whether two are the same bytes.</summary>
    public static bool operator ==(Bits256 left, Bits256 right) => left.Equals(right);

    /// <summary>Whether two are different bytes.</summary>
    public static bool operator !=(Bits256 left, Bits256 right) => !left.Equals(right);
}
