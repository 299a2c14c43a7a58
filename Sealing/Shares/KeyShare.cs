using System.Security.Cryptography;

namespace CocoonOrleans.Sealing.Shares;

/// <summary>One share of a model key. Dispose of it: its bytes are zeroed.</summary>
public sealed class KeyShare : IDisposable
{
    /// <summary>Length of a share in bytes: that of a key.</summary>
    public const int Length = 32;

    private readonly byte[] _value = GC.AllocateArray<byte>(Length, pinned: true);

    /// <summary>From its bytes, which stay the caller's to zero.</summary>
    /// <param name="x">Where the polynomials were evaluated: 1 to 255.</param>
    /// <param name="value"><see cref="Length"/> bytes.</param>
    /// <exception cref="ArgumentException">x is 0, or the value has another length.</exception>
    public KeyShare(byte x, ReadOnlySpan<byte> value)
    {
        ArgumentOutOfRangeException.ThrowIfZero(x);
        if (value.Length != Length)
        {
            throw new ArgumentException($"A share has {Length} bytes, not {value.Length}.", nameof(value));
        }

        X = x;
        value.CopyTo(_value);
    }

    /// <summary>Where the polynomials were evaluated.</summary>
    public byte X { get; }

    /// <summary>The values there.</summary>
    public ReadOnlySpan<byte> Value => _value;

    /// <summary>What a manifest says of it, so that a forged share is known as its broker's (docs/protocol.md, section 16).</summary>
    public Digest Hash()
    {
        Span<byte> share = stackalloc byte[1 + Length];
        share[0] = X;
        _value.CopyTo(share[1..]);
        var hash = Digest.Of("cocoon/model/share/v1"u8, share);
        CryptographicOperations.ZeroMemory(share);
        return hash;
    }

    /// <inheritdoc/>
    public void Dispose() => CryptographicOperations.ZeroMemory(_value);

    /// <summary>Not the value: a share must not end in a log.</summary>
    public override string ToString() => $"share {X}";
}
