using System.Security.Cryptography;
using CocoonOrleans.Sealing.Hpke;
using CocoonOrleans.Sealing.Requests;

namespace CocoonOrleans.Sealing.Sessions;

/// <summary>What the two sides of a session share (docs/protocol.md, section 7): wraps and unwraps the secret of each request. Thread-safe.</summary>
internal sealed class SessionSecret : IDisposable
{
    private readonly Lock _turn = new();
    private readonly byte[] _iv = new byte[AeadKey.NonceBytes];
    private readonly AeadKey _key;
    private bool _disposed;

    private SessionSecret(ReadOnlySpan<byte> secret)
    {
        Span<byte> key = stackalloc byte[AeadKey.KeyBytes(HpkeAead.Aes256Gcm)];
        HKDF.Expand(HashAlgorithmName.SHA256, secret, key, "cocoon/session/key"u8);
        HKDF.Expand(HashAlgorithmName.SHA256, secret, _iv, "cocoon/session/nonce"u8);
        _key = new AeadKey(HpkeAead.Aes256Gcm, key);
        CryptographicOperations.ZeroMemory(key);
    }

    /// <summary>The secret that an encapsulation gives.</summary>
    public static SessionSecret Of(HpkeContext context)
    {
        Span<byte> secret = stackalloc byte[RequestFormat.SecretBytes];
        context.Export("cocoon/session/v1"u8, secret);
        var session = new SessionSecret(secret);
        CryptographicOperations.ZeroMemory(secret);
        return session;
    }

    /// <summary>The secret from which the keys of an answer in a session are derived.</summary>
    /// <param name="prk">The request's key.</param>
    /// <param name="export">32 bytes.</param>
    public static void DeriveExport(ReadOnlySpan<byte> prk, Span<byte> export) => HKDF.Expand(HashAlgorithmName.SHA256, prk, export, "cocoon/resp/v1"u8);

    /// <summary>Wraps a request's secret; false once the session is gone.</summary>
    public bool TryWrap(uint counter, Digest headerHash, ReadOnlySpan<byte> secret, Span<byte> wrap)
    {
        Span<byte> nonce = stackalloc byte[AeadKey.NonceBytes];
        Span<byte> aad = stackalloc byte[Digest.Length];
        HpkeContext.Nonce(_iv, counter, nonce);
        headerHash.CopyTo(aad);
        lock (_turn)
        {
            if (_disposed)
            {
                return false;
            }

            _key.Seal(nonce, aad, secret, wrap);
            return true;
        }
    }

    /// <summary>Unwraps a request's secret; false where it does not open, and once the session is gone.</summary>
    public bool TryUnwrap(uint counter, Digest headerHash, ReadOnlySpan<byte> wrap, Span<byte> secret)
    {
        Span<byte> nonce = stackalloc byte[AeadKey.NonceBytes];
        Span<byte> aad = stackalloc byte[Digest.Length];
        HpkeContext.Nonce(_iv, counter, nonce);
        headerHash.CopyTo(aad);
        lock (_turn)
        {
            return !_disposed && _key.TryOpen(nonce, aad, wrap, secret);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_turn)
        {
            _disposed = true;
            _key.Dispose();
        }
    }
}
