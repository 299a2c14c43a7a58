using System.Security.Cryptography;
using System.Text;

namespace CocoonOrleans.Gateway.Admission;

/// <summary>The 128-bit ids of jobs.</summary>
public static class JobIds
{
    /// <summary>The most characters of an <c>Idempotency-Key</c>.</summary>
    public const int MaxIdempotencyKeyLength = 255;

    /// <summary>An id for a request without an <c>Idempotency-Key</c>: UUIDv7 (RFC 9562).</summary>
    public static Guid Fresh(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        return Guid.CreateVersion7(time.GetUtcNow());
    }

    /// <summary>
    /// The id of a request with an <c>Idempotency-Key</c>, the same at every gateway: the first 122 free bits of a SHA-256 as a UUIDv8 (RFC 9562).
    /// </summary>
    /// <param name="keyId">The API key; another key's same text is another job.</param>
    /// <param name="idempotencyKey">The client's text.</param>
    /// <param name="generation">0; one more for each earlier job of this text whose hold was given back because nothing was delivered.</param>
    public static Guid Derive(string keyId, string idempotencyKey, int generation)
    {
        // Neither a key id nor a header can hold a line feed.
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"cocoon/job/v1\n{keyId}\n{generation}\n{idempotencyKey}"), hash);
        Span<byte> id = hash[..16];
        id[6] = (byte)((id[6] & 0x0F) | 0x80);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new Guid(id, bigEndian: true);
    }

    /// <summary>Whether a text may be an <c>Idempotency-Key</c>: 1 to 255 printable ASCII characters.</summary>
    public static bool IsIdempotencyKey(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length is >= 1 and <= MaxIdempotencyKeyLength && !text.AsSpan().ContainsAnyExceptInRange(' ', '~');
    }
}
