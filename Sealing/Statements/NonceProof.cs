using System.Diagnostics.CodeAnalysis;
using System.Formats.Cbor;
using CocoonOrleans.Sealing.Encoding;

namespace CocoonOrleans.Sealing.Statements;

/// <summary>That a client's nonce is in a batch.</summary>
/// <param name="Index">Its place, from 0.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Path">The hashes beside the way from its leaf to the root, from below.</param>
public sealed record NonceProof(int Index, int Count, IReadOnlyList<Digest> Path)
{
    /// <summary>Most bytes of its encoding.</summary>
    public const int MaxBytes = 512;

    private const int LongestPath = 12;

    /// <summary>As it travels: CBOR [index, count, [hash, ...]].</summary>
    public byte[] Encode()
    {
        var writer = new CborWriter(CborConformanceMode.Canonical);
        writer.WriteStartArray(3);
        writer.WriteInt32(Index);
        writer.WriteInt32(Count);
        writer.WriteStartArray(Path.Count);
        foreach (var hash in Path)
        {
            writer.WriteByteString(hash.ToArray());
        }

        writer.WriteEndArray();
        writer.WriteEndArray();
        return writer.Encode();
    }

    /// <summary>Reads a proof.</summary>
    /// <param name="bytes">Any bytes.</param>
    /// <param name="proof">The proof.</param>
    /// <returns>False where they are none, in the one form that it has.</returns>
    public static bool TryDecode(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out NonceProof? proof)
    {
        proof = null;
        return bytes.Length <= MaxBytes && DeterministicCbor.TryRead(bytes, Read, out proof);
    }

    /// <summary>Whether a nonce is under a root (RFC 9162, section 2.1.3.2). Takes any proof.</summary>
    public bool Proves(Digest nonce, Digest root)
    {
        if (Index < 0 || Count > NonceBatch.MaxNonces || Index >= Count)
        {
            return false;
        }

        var (place, last) = (Index, Count - 1);
        var hash = NonceBatch.Leaf(nonce);
        foreach (var beside in Path)
        {
            if (last == 0)
            {
                return false;
            }

            if ((place & 1) == 1 || place == last)
            {
                hash = NonceBatch.Node(beside, hash);
                while ((place & 1) == 0 && place != 0)
                {
                    (place, last) = (place >> 1, last >> 1);
                }
            }
            else
            {
                hash = NonceBatch.Node(hash, beside);
            }

            (place, last) = (place >> 1, last >> 1);
        }

        return last == 0 && hash == root;
    }

    private static NonceProof Read(CborReader reader)
    {
        reader.ReadStartArray(length: 3);
        var (index, count) = ((int)reader.ReadNumber(NonceBatch.MaxNonces), (int)reader.ReadNumber(NonceBatch.MaxNonces));
        var path = reader.ReadArray(0, LongestPath, reader.ReadDigest);
        reader.ReadEndArray();
        return new NonceProof(index, count, path);
    }
}
