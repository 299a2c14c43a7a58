using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace CocoonOrleans.Inference.Scheduling;

/// <summary>
/// Names a full block of the key-value cache by everything that its content depends on: a chain of SHA-256 over the model, the tenant's salt and all token
/// ids up to the block's end. Whoever doesn't know the salt can't make the key, so no request finds, or times, what another tenant cached.
/// </summary>
internal readonly record struct PrefixKey(ulong A, ulong B, ulong C, ulong D)
{
    private const int Bytes = 32;

    private static ReadOnlySpan<byte> Label => "cocoon/prefix/v1\0"u8;

    /// <summary>The start of the chains of a tenant.</summary>
    /// <param name="model">The model's manifest hash.</param>
    /// <param name="salt">The tenant's secret; null for a request that shares with no other: then a random one.</param>
    public static PrefixKey Root(string model, string? salt)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Label);
        hash.AppendData(Encoding.UTF8.GetBytes(model));
        hash.AppendData([(byte)(salt is null ? 0 : 1)]);
        hash.AppendData(salt is null ? RandomNumberGenerator.GetBytes(Bytes) : Encoding.UTF8.GetBytes(salt));
        Span<byte> digest = stackalloc byte[Bytes];
        hash.GetHashAndReset(digest);
        return Read(digest);
    }

    /// <summary>The key of the block behind this one.</summary>
    /// <param name="ids">The token ids in it.</param>
    public PrefixKey Next(ReadOnlySpan<int> ids)
    {
        Span<byte> text = stackalloc byte[Bytes + Models.IDecoder.BlockTokens * sizeof(int)];
        BinaryPrimitives.WriteUInt64LittleEndian(text, A);
        BinaryPrimitives.WriteUInt64LittleEndian(text[8..], B);
        BinaryPrimitives.WriteUInt64LittleEndian(text[16..], C);
        BinaryPrimitives.WriteUInt64LittleEndian(text[24..], D);
        MemoryMarshal.AsBytes(ids).CopyTo(text[Bytes..]);
        Span<byte> digest = stackalloc byte[Bytes];
        SHA256.HashData(text, digest);
        text.Clear();
        return Read(digest);
    }

    private static PrefixKey Read(ReadOnlySpan<byte> digest) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(digest),
        BinaryPrimitives.ReadUInt64LittleEndian(digest[8..]),
        BinaryPrimitives.ReadUInt64LittleEndian(digest[16..]),
        BinaryPrimitives.ReadUInt64LittleEndian(digest[24..]));
}
