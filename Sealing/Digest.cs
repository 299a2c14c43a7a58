using System.Buffers.Binary;
using System.Security.Cryptography;

namespace CocoonOrleans.Sealing;

/// <summary>32 bytes that name something: a SHA-256 as a rule. Compared in constant time.</summary>
public readonly struct Digest : IEquatable<Digest>
{
    /// <summary>Its length in bytes.</summary>
    public const int Length = 32;

    private const int OnStack = 512;

    private readonly ulong _a;
    private readonly ulong _b;
    private readonly ulong _c;
    private readonly ulong _d;

    /// <summary>From its bytes.</summary>
    /// <param name="bytes"><see cref="Length"/> bytes.</param>
    /// <exception cref="ArgumentException">Another length.</exception>
    public Digest(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
        {
            throw new ArgumentException($"A digest has {Length} bytes, not {bytes.Length}.", nameof(bytes));
        }

        _a = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _b = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _c = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        _d = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
    }

    /// <summary>SHA-256 of bytes.</summary>
    public static Digest Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[Length];
        SHA256.HashData(bytes, hash);
        return new Digest(hash);
    }

    /// <summary>SHA-256 of a label, a zero byte and bytes: hashes for one purpose are none for another.</summary>
    internal static Digest Of(ReadOnlySpan<byte> label, ReadOnlySpan<byte> bytes)
    {
        var length = label.Length + 1 + bytes.Length;
        var labeled = length <= OnStack ? stackalloc byte[length] : new byte[length];
        label.CopyTo(labeled);
        labeled[label.Length] = 0;
        bytes.CopyTo(labeled[(label.Length + 1)..]);
        return Of(labeled);
    }

    /// <summary>Writes the bytes.</summary>
    /// <param name="destination">At least <see cref="Length"/> bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is shorter.</exception>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _a);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _b);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], _c);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], _d);
    }

    /// <summary>The bytes.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Length];
        CopyTo(bytes);
        return bytes;
    }

    /// <inheritdoc/>
    public bool Equals(Digest other) => ((_a ^ other._a) | (_b ^ other._b) | (_c ^ other._c) | (_d ^ other._d)) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Digest other && Equals(other);

    /// <summary>Differs from process to process, so that nobody can choose digests that fall together in a table.</summary>
    public override int GetHashCode() => HashCode.Combine(_a, _b, _c, _d);

    /// <summary>64 lower-case hex digits.</summary>
    public override string ToString() => Convert.ToHexStringLower(ToArray());

    /// <summary>Whether the bytes are equal.</summary>
    public static bool operator ==(Digest left, Digest right) => left.Equals(right);

    /// <summary>Whether the bytes differ.</summary>
    public static bool operator !=(Digest left, Digest right) => !left.Equals(right);
}
