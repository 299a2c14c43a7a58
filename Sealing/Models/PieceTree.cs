using System.Security.Cryptography;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Sealing.Models;

/// <summary>The root of the Merkle tree (RFC 6962, section 2.1) over pieces that come one after the other, in memory that grows with the logarithm of their number.</summary>
internal sealed class PieceTree
{
    private readonly Stack<(Digest Hash, long Leaves)> _roots = new();

    /// <summary>Adds the next piece.</summary>
    public void Add(ReadOnlySpan<byte> piece)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([0]);
        hash.AppendData(piece);
        Span<byte> leaf = stackalloc byte[Digest.Length];
        hash.GetHashAndReset(leaf);
        var (root, leaves) = (new Digest(leaf), 1L);
        while (_roots.TryPeek(out var left) && left.Leaves == leaves)
        {
            _roots.Pop();
            (root, leaves) = (NonceBatch.Node(left.Hash, root), leaves * 2);
        }

        _roots.Push((root, leaves));
    }

    /// <summary>The root over all pieces so far; there must be one.</summary>
    public Digest Root() => _roots.Select(root => root.Hash).Aggregate((right, left) => NonceBatch.Node(left, right));
}
