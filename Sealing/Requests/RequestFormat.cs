using System.Buffers.Binary;
using System.Security.Cryptography;
using CocoonOrleans.Sealing.Encoding;
using CocoonOrleans.Sealing.Hpke;

namespace CocoonOrleans.Sealing.Requests;

/// <summary>The frame of a sealed request, and the derivations of docs/protocol.md, sections 6 and 7.</summary>
internal static class RequestFormat
{
    /// <summary>Bytes of a wrapped secret.</summary>
    public const int WrapBytes = SecretBytes + AeadKey.TagBytes;

    /// <summary>Bytes of a secret.</summary>
    public const int SecretBytes = 32;

    /// <summary>Bytes before the header.</summary>
    public const int PrefixBytes = 8;

    /// <summary>Begins a request to up to three workers.</summary>
    public static ReadOnlySpan<byte> EnvelopeMagic => "CSE1"u8;

    /// <summary>Begins a session's request.</summary>
    public static ReadOnlySpan<byte> SessionMagic => "CSS1"u8;

    /// <summary>HPKE's info: the purpose, the suite, the network and the statement.</summary>
    /// <param name="label"><c>cocoon/wrap/v1</c> or <c>cocoon/session/v1</c>.</param>
    /// <param name="suite">The suite.</param>
    /// <param name="networkId">The network.</param>
    /// <param name="statementHash">The worker's statement.</param>
    public static byte[] Info(ReadOnlySpan<byte> label, SealingSuite suite, string networkId, Digest statementHash)
    {
        Span<byte> head = stackalloc byte[1 + sizeof(ushort) + 1 + NetworkName.MaxLength];
        head[0] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(head[1..], (ushort)suite);
        var length = System.Text.Encoding.ASCII.GetBytes(networkId, head[4..]);
        head[3] = (byte)length;
        return [.. label, .. head[..(4 + length)], .. statementHash.ToArray()];
    }

    /// <summary>The key from which a request's keys are derived.</summary>
    /// <param name="headerHash">The header's hash.</param>
    /// <param name="wraps">All wraps: whoever spoils one spoils the request for all.</param>
    /// <param name="secret">The wrapped secret.</param>
    /// <param name="prk">32 bytes; the caller's to zero.</param>
    public static void DeriveKey(Digest headerHash, ReadOnlySpan<byte> wraps, ReadOnlySpan<byte> secret, Span<byte> prk)
    {
        Span<byte> salted = stackalloc byte[Digest.Length + (RequestHeader.MaxRecipients * WrapBytes)];
        Span<byte> salt = stackalloc byte[Digest.Length];
        headerHash.CopyTo(salted);
        wraps.CopyTo(salted[Digest.Length..]);
        SHA256.HashData(salted[..(Digest.Length + wraps.Length)], salt);
        HKDF.Extract(HashAlgorithmName.SHA256, secret, salt, prk);
    }
}
