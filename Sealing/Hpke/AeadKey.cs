using System.Security.Cryptography;

namespace CocoonOrleans.Sealing.Hpke;

/// <summary>A key for authenticated encryption, held by the platform until it is disposed of. One caller at a time.</summary>
internal sealed class AeadKey : IDisposable
{
    /// <summary>Bytes that sealing adds.</summary>
    public const int TagBytes = 16;

    /// <summary>Bytes of a nonce.</summary>
    public const int NonceBytes = 12;

    private readonly AesGcm? _aes;
    private readonly ChaCha20Poly1305? _chaCha;

    /// <param name="aead">The algorithm.</param>
    /// <param name="key">The key; <see cref="KeyBytes"/> long, and the caller's to zero.</param>
    public AeadKey(HpkeAead aead, ReadOnlySpan<byte> key)
    {
        if (aead == HpkeAead.ChaCha20Poly1305)
        {
            _chaCha = new ChaCha20Poly1305(key);
        }
        else
        {
            _aes = new AesGcm(key, TagBytes);
        }
    }

    /// <summary>Bytes of a key.</summary>
    public static int KeyBytes(HpkeAead aead) => aead == HpkeAead.Aes128Gcm ? 16 : 32;

    /// <summary>Seals. The plaintext may be the beginning of the output itself.</summary>
    /// <param name="nonce">Used once with this key.</param>
    /// <param name="aad">What is bound to it.</param>
    /// <param name="plaintext">What is sealed.</param>
    /// <param name="output"><see cref="TagBytes"/> longer than the plaintext.</param>
    public void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> aad, ReadOnlySpan<byte> plaintext, Span<byte> output)
    {
        var ciphertext = output[..plaintext.Length];
        var tag = output[plaintext.Length..];
        if (_chaCha is not null)
        {
            _chaCha.Encrypt(nonce, plaintext, ciphertext, tag, aad);
        }
        else
        {
            _aes!.Encrypt(nonce, plaintext, ciphertext, tag, aad);
        }
    }

    /// <summary>Opens what <see cref="Seal"/> has made, or says false and leaves zeros.</summary>
    /// <param name="nonce">The nonce.</param>
    /// <param name="aad">What is bound to it.</param>
    /// <param name="input">At least <see cref="TagBytes"/>; shorter is refused.</param>
    /// <param name="plaintext"><see cref="TagBytes"/> shorter than the input; may be its beginning.</param>
    public bool TryOpen(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> aad, ReadOnlySpan<byte> input, Span<byte> plaintext)
    {
        if (input.Length < TagBytes)
        {
            return false;
        }

        try
        {
            if (_chaCha is not null)
            {
                _chaCha.Decrypt(nonce, input[..^TagBytes], input[^TagBytes..], plaintext, aad);
            }
            else
            {
                _aes!.Decrypt(nonce, input[..^TagBytes], input[^TagBytes..], plaintext, aad);
            }

            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            CryptographicOperations.ZeroMemory(plaintext);
            return false;
        }
    }

    /// <summary>The platform clears the key.</summary>
    public void Dispose()
    {
        _aes?.Dispose();
        _chaCha?.Dispose();
    }
}
