using System.Buffers.Binary;
using System.Security.Cryptography;
using CocoonOrleans.Sealing.Hpke;

namespace CocoonOrleans.Sealing.Records;

/// <summary>The key of one stream of records: seals or opens record after record, each bound to direction, number and header. One caller at a time.</summary>
internal sealed class StreamKey : IDisposable
{
    private readonly AeadKey _key;
    private readonly byte[] _iv;
    private readonly byte[] _aad = new byte[RecordFormat.AadBytes];

    private StreamKey(StreamDirection direction, Digest headerHash, ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv)
    {
        _key = new AeadKey(HpkeAead.Aes256Gcm, key);
        _iv = iv.ToArray();
        _aad[0] = (byte)direction;
        headerHash.CopyTo(_aad.AsSpan(1 + sizeof(ulong)));
    }

    /// <summary>Number of the next record.</summary>
    public ulong Sequence { get; private set; }

    /// <summary>The key of a request: docs/protocol.md, section 6.</summary>
    /// <param name="prk">32 bytes.</param>
    /// <param name="headerHash">The header's hash.</param>
    public static StreamKey OfRequest(ReadOnlySpan<byte> prk, Digest headerHash) =>
        Derive(StreamDirection.Request, headerHash, prk, "cocoon/req/key"u8, "cocoon/req/nonce"u8);

    /// <summary>The key of an answer: docs/protocol.md, section 9.</summary>
    /// <param name="export">What only the client and this worker know.</param>
    /// <param name="headerHash">The header's hash.</param>
    /// <param name="responseNonce">32 random bytes.</param>
    public static StreamKey OfAnswer(ReadOnlySpan<byte> export, Digest headerHash, Digest responseNonce)
    {
        Span<byte> salt = stackalloc byte[2 * Digest.Length];
        Span<byte> prk = stackalloc byte[Digest.Length];
        headerHash.CopyTo(salt);
        responseNonce.CopyTo(salt[Digest.Length..]);
        HKDF.Extract(HashAlgorithmName.SHA256, export, salt, prk);
        var key = Derive(StreamDirection.Answer, headerHash, prk, "cocoon/resp/key"u8, "cocoon/resp/nonce"u8);
        CryptographicOperations.ZeroMemory(prk);
        return key;
    }

    /// <summary>Seals the next record in place.</summary>
    /// <param name="record">The plaintext, and behind it room for the tag.</param>
    public void Seal(Span<byte> record)
    {
        Span<byte> nonce = stackalloc byte[AeadKey.NonceBytes];
        Next(nonce);
        _key.Seal(nonce, _aad, record[..^AeadKey.TagBytes], record);
        Sequence++;
    }

    /// <summary>Opens the next record.</summary>
    /// <param name="record">Any bytes, at least a tag.</param>
    /// <param name="plaintext">As many bytes without the tag; may be the record's own.</param>
    public bool TryOpen(ReadOnlySpan<byte> record, Span<byte> plaintext)
    {
        Span<byte> nonce = stackalloc byte[AeadKey.NonceBytes];
        Next(nonce);
        if (!_key.TryOpen(nonce, _aad, record, plaintext))
        {
            return false;
        }

        Sequence++;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();

    private static StreamKey Derive(StreamDirection direction, Digest headerHash, ReadOnlySpan<byte> prk, ReadOnlySpan<byte> keyLabel, ReadOnlySpan<byte> ivLabel)
    {
        Span<byte> key = stackalloc byte[AeadKey.KeyBytes(HpkeAead.Aes256Gcm)];
        Span<byte> iv = stackalloc byte[AeadKey.NonceBytes];
        HKDF.Expand(HashAlgorithmName.SHA256, prk, key, keyLabel);
        HKDF.Expand(HashAlgorithmName.SHA256, prk, iv, ivLabel);
        var derived = new StreamKey(direction, headerHash, key, iv);
        CryptographicOperations.ZeroMemory(key);
        return derived;
    }

    private void Next(Span<byte> nonce)
    {
        HpkeContext.Nonce(_iv, Sequence, nonce);
        BinaryPrimitives.WriteUInt64BigEndian(_aad.AsSpan(1), Sequence);
    }
}
