using CocoonOrleans.Ton.Cells;
using NSec.Cryptography;

namespace CocoonOrleans.Ton.Signatures;

/// <summary>
/// An Ed25519 private key, kept in libsodium's guarded memory and wiped when disposed (NSec). It signs the hash of a cell, never other bytes.
/// </summary>
public sealed class SigningKey : IDisposable
{
    private readonly Key _key;

    /// <param name="seed">32 bytes; the caller wipes them.</param>
    /// <exception cref="ArgumentException">There are not 32 of them.</exception>
    public SigningKey(ReadOnlySpan<byte> seed)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(seed.Length, Bits256.Length, nameof(seed));
        _key = Key.Import(SignatureAlgorithm.Ed25519, seed, KeyBlobFormat.RawPrivateKey);
        PublicKey = new PublicKey(new Bits256(_key.PublicKey.Export(KeyBlobFormat.RawPublicKey)));
    }

    /// <summary>The key that verifies.</summary>
    public PublicKey PublicKey { get; }

    /// <summary>Signs the hash of a cell.</summary>
    public Signature Sign(Cell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        return Signature.FromBytes(SignatureAlgorithm.Ed25519.Sign(_key, cell.Hash.ToArray()));
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();
}
