using CocoonOrleans.Ton.Cells;

namespace CocoonOrleans.Ton.Signatures;

/// <summary>An Ed25519 signature: 64 bytes compared by value (RFC 8032).</summary>
/// <param name="First">The first half, R.</param>
/// <param name="Second">The second half, S.</param>
public readonly record struct Signature(Bits256 First, Bits256 Second)
{
    /// <summary>Length in bytes.</summary>
    public const int Length = 64;

    /// <summary>Copies 64 bytes.</summary>
    /// <exception cref="ArgumentException">There are not 64 of them.</exception>
    public static Signature FromBytes(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, Length, nameof(bytes));
        return new Signature(new Bits256(bytes[..Bits256.Length]), new Bits256(bytes[Bits256.Length..]));
    }

    /// <summary>The 64 bytes.</summary>
    public byte[] ToArray() => [.. First.ToArray(), .. Second.ToArray()];

    /// <summary>128 hexadecimal digits.</summary>
    public override string ToString() => $"{First}{Second}";
}
