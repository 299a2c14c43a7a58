using System.Buffers.Binary;
using System.Security.Cryptography;

namespace CocoonOrleans.Sealing.Hpke;

/// <summary>A Diffie-Hellman key encapsulation with HKDF-SHA256 (DHKEM; RFC 9180, section 4.1).</summary>
internal abstract class Kem
{
    /// <summary>Bytes of a shared secret.</summary>
    public const int SecretBytes = 32;

    private readonly byte[] _suiteId;

    /// <param name="id">Number in RFC 9180, section 7.1.</param>
    /// <param name="publicKeyBytes">Length of a public key, and so of an encapsulation.</param>
    protected Kem(ushort id, int publicKeyBytes)
    {
        Id = id;
        PublicKeyBytes = publicKeyBytes;
        _suiteId = [.. "KEM"u8, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(_suiteId.AsSpan(3), id);
    }

    /// <summary>DHKEM(P-256, HKDF-SHA256), by the platform.</summary>
    public static Kem P256 { get; } = new P256Kem();

    /// <summary>DHKEM(X25519, HKDF-SHA256), by BouncyCastle: .NET 10 has no X25519.</summary>
    public static Kem X25519 { get; } = new X25519Kem();

    /// <summary>Number in RFC 9180.</summary>
    public ushort Id { get; }

    /// <summary>Length of a public key and of an encapsulation.</summary>
    public int PublicKeyBytes { get; }

    /// <summary>A new key.</summary>
    public abstract KemPrivateKey Generate();

    /// <summary>A key of known bytes, as the RFC's vectors have it; 32 bytes.</summary>
    public abstract KemPrivateKey Import(ReadOnlySpan<byte> privateKey);

    /// <summary>Whether bytes are a public key that <see cref="TryEncapsulate(ReadOnlySpan{byte}, Span{byte}, Span{byte})"/> takes, as far as its form tells.</summary>
    public abstract bool IsPublicKey(ReadOnlySpan<byte> publicKey);

    /// <summary>Makes a shared secret for whoever has the private key.</summary>
    /// <param name="publicKey">The recipient's.</param>
    /// <param name="encapsulation">What the recipient needs; <see cref="PublicKeyBytes"/>.</param>
    /// <param name="secret"><see cref="SecretBytes"/>; the caller's to zero.</param>
    /// <returns>False where the public key is not valid.</returns>
    public bool TryEncapsulate(ReadOnlySpan<byte> publicKey, Span<byte> encapsulation, Span<byte> secret)
    {
        using var ephemeral = Generate();
        return TryEncapsulate(publicKey, ephemeral, encapsulation, secret);
    }

    /// <summary>The same with a given ephemeral key, which must not be used twice.</summary>
    public bool TryEncapsulate(ReadOnlySpan<byte> publicKey, KemPrivateKey ephemeral, Span<byte> encapsulation, Span<byte> secret)
    {
        ephemeral.PublicKey.CopyTo(encapsulation);
        return TryDerive(ephemeral, publicKey, encapsulation, publicKey, secret);
    }

    /// <summary>Gets the shared secret back.</summary>
    /// <param name="privateKey">The recipient's.</param>
    /// <param name="encapsulation">Any bytes.</param>
    /// <param name="secret"><see cref="SecretBytes"/>; the caller's to zero.</param>
    /// <returns>False where the encapsulation is not a valid public key.</returns>
    public bool TryDecapsulate(KemPrivateKey privateKey, ReadOnlySpan<byte> encapsulation, Span<byte> secret) =>
        encapsulation.Length == PublicKeyBytes && TryDerive(privateKey, encapsulation, encapsulation, privateKey.PublicKey, secret);

    private bool TryDerive(KemPrivateKey own, ReadOnlySpan<byte> other, ReadOnlySpan<byte> encapsulation, ReadOnlySpan<byte> recipient, Span<byte> secret)
    {
        Span<byte> agreed = stackalloc byte[SecretBytes];
        Span<byte> prk = stackalloc byte[SecretBytes];
        try
        {
            if (!own.TryAgree(other, agreed))
            {
                return false;
            }

            Span<byte> context = stackalloc byte[2 * PublicKeyBytes];
            encapsulation.CopyTo(context);
            recipient.CopyTo(context[PublicKeyBytes..]);
            HpkeKdf.Extract(_suiteId, [], "eae_prk"u8, agreed, prk);
            HpkeKdf.Expand(_suiteId, prk, "shared_secret"u8, context, secret);
            return true;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(agreed);
            CryptographicOperations.ZeroMemory(prk);
        }
    }
}
