using System.Security.Cryptography;
using CocoonOrleans.Sealing.Hpke;

namespace CocoonOrleans.Sealing.Sessions;

/// <summary>
/// What the two sides of a session share (docs/protocol.md, section 7): wraps and unwraps the secret of each request, each under a key of its own, so that a
/// client whose state was restored from an earlier one repeats no nonce. Thread-safe.
/// </summary>
internal sealed class SessionSecret : IDisposable
{
    private const int KeyBytes = 32;

    private readonly Lock _turn = new();
    private readonly byte[] _secret = GC.AllocateArray<byte>(KeyBytes, pinned: true);
    private bool _disposed;

    private SessionSecret()
    {
    }

    private static ReadOnlySpan<byte> WrapLabel => "cocoon/session/wrap"u8;

    /// <summary>The secret that an encapsulation gives.</summary>
    public static SessionSecret Of(HpkeContext context)
    {
        var session = new SessionSecret();
        context.Export("cocoon/session/v1"u8, session._secret);
        return session;
    }

    /// <summary>The secret from which the keys of an answer in a session are derived.</summary>
    /// <param name="prk">The request's key.</param>
    /// <param name="export">32 bytes.</param>
    public static void DeriveExport(ReadOnlySpan<byte> prk, Span<byte> export) => HKDF.Expand(HashAlgorithmName.SHA256, prk, export, "cocoon/resp/v1"u8);

    /// <summary>Wraps a request's secret; false once the session is gone.</summary>
    public bool TryWrap(Digest headerHash, ReadOnlySpan<byte> secret, Span<byte> wrap)
    {
        Span<byte> keys = stackalloc byte[KeyBytes + AeadKey.NonceBytes];
        Span<byte> aad = stackalloc byte[Digest.Length];
        if (!TryDerive(headerHash, keys, aad))
        {
            return false;
        }

        using var key = new AeadKey(HpkeAead.Aes256Gcm, keys[..KeyBytes]);
        key.Seal(keys[KeyBytes..], aad, secret, wrap);
        CryptographicOperations.ZeroMemory(keys);
        return true;
    }

    /// <summary>Unwraps a request's secret; false where it does not open, and once the session is gone.</summary>
    public bool TryUnwrap(Digest headerHash, ReadOnlySpan<byte> wrap, Span<byte> secret)
    {
        Span<byte> keys = stackalloc byte[KeyBytes + AeadKey.NonceBytes];
        Span<byte> aad = stackalloc byte[Digest.Length];
        if (!TryDerive(headerHash, keys, aad))
        {
            return false;
        }

        using var key = new AeadKey(HpkeAead.Aes256Gcm, keys[..KeyBytes]);
        var opens = key.TryOpen(keys[KeyBytes..], aad, wrap, secret);
        CryptographicOperations.ZeroMemory(keys);
        return opens;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_turn)
        {
            _disposed = true;
            CryptographicOperations.ZeroMemory(_secret);
        }
    }

    private bool TryDerive(Digest headerHash, Span<byte> keys, Span<byte> aad)
    {
        Span<byte> info = stackalloc byte[WrapLabel.Length + Digest.Length];
        WrapLabel.CopyTo(info);
        headerHash.CopyTo(info[WrapLabel.Length..]);
        headerHash.CopyTo(aad);
        lock (_turn)
        {
            if (_disposed)
            {
                return false;
            }

            HKDF.Expand(HashAlgorithmName.SHA256, _secret, keys, info);
            return true;
        }
    }
}
