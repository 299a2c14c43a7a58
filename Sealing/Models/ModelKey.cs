using System.Security.Cryptography;
using CocoonOrleans.Sealing.Shares;

namespace CocoonOrleans.Sealing.Models;

/// <summary>The key of an encrypted model (docs/protocol.md, section 16), in memory that the garbage collector doesn't copy. Dispose of it: it is zeroed.</summary>
public sealed class ModelKey : IDisposable
{
    /// <summary>Length in bytes.</summary>
    public const int Length = KeyShare.Length;

    private readonly byte[] _value = GC.AllocateArray<byte>(Length, pinned: true);

    private ModelKey(ReadOnlySpan<byte> value) => value.CopyTo(_value);

    /// <summary>A new key.</summary>
    public static ModelKey Generate()
    {
        var key = new ModelKey([]);
        RandomNumberGenerator.Fill(key._value);
        return key;
    }

    /// <summary>A key that its owner kept.</summary>
    /// <param name="value"><see cref="Length"/> bytes; the caller's to zero.</param>
    /// <exception cref="ArgumentException">Another length.</exception>
    public static ModelKey Of(ReadOnlySpan<byte> value) => value.Length == Length ? new ModelKey(value) : throw new ArgumentException($"A model key has {Length} bytes, not {value.Length}.", nameof(value));

    /// <summary>The key of as many shares as its threshold says. Whether it is the right one says only <see cref="Hash"/>.</summary>
    /// <exception cref="ArgumentException">There is no share, or two have the same x.</exception>
    public static ModelKey Join(IReadOnlyList<KeyShare> shares)
    {
        var key = new ModelKey([]);
        SecretSharing.Join(shares, key._value);
        return key;
    }

    /// <summary>What a manifest says of it.</summary>
    public Digest Hash() => Digest.Of("cocoon/model/key/v1"u8, _value);

    /// <summary>Splits it.</summary>
    /// <param name="threshold">How many shares are needed: 1 to <paramref name="count"/>.</param>
    /// <param name="count">How many there are: 1 to 255.</param>
    public KeyShare[] Split(int threshold, int count) => SecretSharing.Split(_value, threshold, count);

    /// <summary>The key's bytes, for the file in which its owner keeps it.</summary>
    public void CopyTo(Span<byte> destination) => _value.CopyTo(destination);

    /// <inheritdoc/>
    public void Dispose() => CryptographicOperations.ZeroMemory(_value);

    /// <summary>Not the key: it must not end in a log.</summary>
    public override string ToString() => "model key";

    /// <summary>The cipher of a file.</summary>
    internal AesGcm FileCipher(string name, Digest salt)
    {
        Span<byte> key = stackalloc byte[Length];
        Span<byte> salted = stackalloc byte[Digest.Length];
        salt.CopyTo(salted);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _value, key, salted, [.. "cocoon/model/file/v1\0"u8, .. System.Text.Encoding.ASCII.GetBytes(name)]);
        var cipher = new AesGcm(key, ChunkFormat.TagBytes);
        CryptographicOperations.ZeroMemory(key);
        return cipher;
    }
}
