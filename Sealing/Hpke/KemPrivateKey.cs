namespace CocoonOrleans.Sealing.Hpke;

/// <summary>The private half of a key agreement. It never leaves this object, and is zeroed when that is disposed of. Thread-safe.</summary>
internal abstract class KemPrivateKey : IDisposable
{
    private readonly Lock _turn = new();
    private bool _disposed;

    /// <summary>The public half, as it stands in a statement (SerializePublicKey of RFC 9180, section 7.1.1).</summary>
    public abstract ReadOnlySpan<byte> PublicKey { get; }

    /// <summary>Agrees with another public key on 32 bytes.</summary>
    /// <param name="publicKey">Any bytes.</param>
    /// <param name="secret">32 bytes; the caller's to zero.</param>
    /// <returns>False for what is not a valid public key (RFC 9180, section 7.1.4), and once the key is gone.</returns>
    public bool TryAgree(ReadOnlySpan<byte> publicKey, Span<byte> secret)
    {
        // One at a time: the platform doesn't promise more, and so no key is freed while it is in use.
        lock (_turn)
        {
            return !_disposed && Agree(publicKey, secret);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_turn)
        {
            if (!_disposed)
            {
                _disposed = true;
                Zero();
            }
        }
    }

    /// <summary>As <see cref="TryAgree"/>.</summary>
    protected abstract bool Agree(ReadOnlySpan<byte> publicKey, Span<byte> secret);

    /// <summary>Clears the key.</summary>
    protected abstract void Zero();
}
