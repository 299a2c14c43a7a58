using System.Security.Cryptography;
using System.Text;

namespace CocoonOrleans.Gateway.Sealing;

/// <summary>
/// Seals what is kept of an answer under a key that is derived from the client's API key, of which the gateway has only a hash: unreadable until the client comes back with it.
/// HKDF-SHA256 (RFC 5869) and AES-256-GCM; the text's id is salt and associated data.
/// </summary>
internal static class ClientKeySeal
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private static readonly byte[] Info = "cocoon/response/v1"u8.ToArray();

    /// <summary>Nonce, ciphertext and tag.</summary>
    public static byte[] Seal(string apiKey, string id, ReadOnlySpan<byte> text)
    {
        byte[] box = new byte[NonceBytes + text.Length + TagBytes];
        Span<byte> nonce = box.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using AesGcm cipher = CipherOf(apiKey, id);
        cipher.Encrypt(nonce, text, box.AsSpan(NonceBytes, text.Length), box.AsSpan(NonceBytes + text.Length), Encoding.ASCII.GetBytes(id));
        return box;
    }

    /// <summary>The text; null where it was sealed under another key.</summary>
    public static byte[]? Open(string apiKey, string id, ReadOnlySpan<byte> box)
    {
        byte[] text = new byte[box.Length - NonceBytes - TagBytes];
        using AesGcm cipher = CipherOf(apiKey, id);
        try
        {
            cipher.Decrypt(box[..NonceBytes], box[NonceBytes..^TagBytes], box[^TagBytes..], text, Encoding.ASCII.GetBytes(id));
            return text;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private static AesGcm CipherOf(string apiKey, string id)
    {
        Span<byte> key = stackalloc byte[32];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(apiKey), key, Encoding.ASCII.GetBytes(id), Info);
        try
        {
            return new AesGcm(key, TagBytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
