using System.Buffers.Binary;
using System.Security.Cryptography;

namespace CocoonOrleans.Sealing.Hpke;

/// <summary>One HPKE context in base mode (RFC 9180, section 5): seals or opens messages in order, and exports secrets. One caller at a time.</summary>
internal sealed class HpkeContext : IDisposable
{
    private const int HashBytes = 32;
    private const byte BaseMode = 0;

    private readonly HpkeSuite _suite;
    private readonly AeadKey _key;
    private readonly byte[] _baseNonce = new byte[AeadKey.NonceBytes];
    private readonly byte[] _exporter = GC.AllocateArray<byte>(HashBytes, pinned: true);
    private ulong _sequence;

    /// <summary>The key schedule of RFC 9180, section 5.1.</summary>
    private HpkeContext(HpkeSuite suite, ReadOnlySpan<byte> sharedSecret, ReadOnlySpan<byte> info)
    {
        _suite = suite;
        Span<byte> context = stackalloc byte[1 + (2 * HashBytes)];
        context[0] = BaseMode;
        HpkeKdf.Extract(suite.Id, [], "psk_id_hash"u8, [], context.Slice(1, HashBytes));
        HpkeKdf.Extract(suite.Id, [], "info_hash"u8, info, context[(1 + HashBytes)..]);

        Span<byte> secret = stackalloc byte[HashBytes];
        Span<byte> key = stackalloc byte[AeadKey.KeyBytes(suite.Aead)];
        HpkeKdf.Extract(suite.Id, sharedSecret, "secret"u8, [], secret);
        HpkeKdf.Expand(suite.Id, secret, "key"u8, context, key);
        HpkeKdf.Expand(suite.Id, secret, "base_nonce"u8, context, _baseNonce);
        HpkeKdf.Expand(suite.Id, secret, "exp"u8, context, _exporter);
        _key = new AeadKey(suite.Aead, key);
        CryptographicOperations.ZeroMemory(secret);
        CryptographicOperations.ZeroMemory(key);
    }

    /// <summary>SetupBaseS.</summary>
    /// <param name="suite">The suite.</param>
    /// <param name="publicKey">The recipient's.</param>
    /// <param name="info">What both sides know and bind.</param>
    /// <param name="encapsulation">What the recipient needs; as long as a public key.</param>
    /// <returns>Null where the public key is not valid.</returns>
    public static HpkeContext? TrySetupSender(HpkeSuite suite, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> info, Span<byte> encapsulation)
    {
        using var ephemeral = suite.Kem.Generate();
        return TrySetupSender(suite, publicKey, ephemeral, info, encapsulation);
    }

    /// <summary>The same with a given ephemeral key, which must not be used twice.</summary>
    public static HpkeContext? TrySetupSender(HpkeSuite suite, ReadOnlySpan<byte> publicKey, KemPrivateKey ephemeral, ReadOnlySpan<byte> info, Span<byte> encapsulation)
    {
        Span<byte> secret = stackalloc byte[Kem.SecretBytes];
        try
        {
            return suite.Kem.TryEncapsulate(publicKey, ephemeral, encapsulation, secret) ? new HpkeContext(suite, secret, info) : null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>SetupBaseR.</summary>
    /// <returns>Null where the encapsulation is not valid, or the key is gone.</returns>
    public static HpkeContext? TrySetupRecipient(HpkeSuite suite, KemPrivateKey privateKey, ReadOnlySpan<byte> encapsulation, ReadOnlySpan<byte> info)
    {
        Span<byte> secret = stackalloc byte[Kem.SecretBytes];
        try
        {
            return suite.Kem.TryDecapsulate(privateKey, encapsulation, secret) ? new HpkeContext(suite, secret, info) : null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>Seals the next message.</summary>
    public void Seal(ReadOnlySpan<byte> aad, ReadOnlySpan<byte> plaintext, Span<byte> output)
    {
        Span<byte> nonce = stackalloc byte[AeadKey.NonceBytes];
        Nonce(_baseNonce, _sequence, nonce);
        _key.Seal(nonce, aad, plaintext, output);
        _sequence++;
    }

    /// <summary>Opens the next message; one that can't be opened does not count.</summary>
    public bool TryOpen(ReadOnlySpan<byte> aad, ReadOnlySpan<byte> input, Span<byte> plaintext)
    {
        Span<byte> nonce = stackalloc byte[AeadKey.NonceBytes];
        Nonce(_baseNonce, _sequence, nonce);
        if (!_key.TryOpen(nonce, aad, input, plaintext))
        {
            return false;
        }

        _sequence++;
        return true;
    }

    /// <summary>Exports a secret of as many bytes as there is room for (RFC 9180, section 5.3).</summary>
    public void Export(ReadOnlySpan<byte> context, Span<byte> output) => HpkeKdf.Expand(_suite.Id, _exporter, "sec"u8, context, output);

    /// <summary>ComputeNonce: the base with the number, big-endian, over its last eight bytes.</summary>
    internal static void Nonce(ReadOnlySpan<byte> baseNonce, ulong sequence, Span<byte> nonce)
    {
        baseNonce.CopyTo(nonce);
        var last = nonce[(AeadKey.NonceBytes - sizeof(ulong))..];
        BinaryPrimitives.WriteUInt64BigEndian(last, BinaryPrimitives.ReadUInt64BigEndian(last) ^ sequence);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _key.Dispose();
        CryptographicOperations.ZeroMemory(_exporter);
    }
}
