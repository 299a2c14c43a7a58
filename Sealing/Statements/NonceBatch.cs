using System.Numerics;

namespace CocoonOrleans.Sealing.Statements;

/// <summary>The nonces of many clients under one root, so that one quote is fresh for all of them (docs/protocol.md, section 3; RFC 6962, section 2.1).</summary>
public sealed class NonceBatch
{
    /// <summary>Most nonces of a batch.</summary>
    public const int MaxNonces = 4096;

    private readonly Digest[] _leaves;

    /// <summary>Makes the tree.</summary>
    /// <param name="nonces">1 to <see cref="MaxNonces"/>, in the order of arrival.</param>
    /// <exception cref="ArgumentException">None, or too many.</exception>
    public NonceBatch(IReadOnlyList<Digest> nonces)
    {
        ArgumentNullException.ThrowIfNull(nonces);
        if (nonces.Count is < 1 or > MaxNonces)
        {
            throw new ArgumentException($"A batch has 1 to {MaxNonces} nonces, not {nonces.Count}.", nameof(nonces));
        }

        _leaves = [.. nonces.Select(Leaf)];
        Root = Compute(_leaves);
    }

    /// <summary>What stands in the statement.</summary>
    public Digest Root { get; }

    /// <summary>How many nonces there are.</summary>
    public int Count => _leaves.Length;

    /// <summary>Proves to a client that its nonce is in the batch.</summary>
    /// <param name="index">Its place, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such place.</exception>
    public NonceProof Prove(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        var path = new List<Digest>();
        Path(_leaves, index, path);
        return new NonceProof(index, Count, path);
    }

    internal static Digest Leaf(Digest nonce)
    {
        Span<byte> leaf = stackalloc byte[1 + Digest.Length];
        leaf[0] = 0;
        nonce.CopyTo(leaf[1..]);
        return Digest.Of(leaf);
    }

    internal static Digest Node(Digest left, Digest right)
    {
        Span<byte> node = stackalloc byte[1 + (2 * Digest.Length)];
        node[0] = 1;
        left.CopyTo(node[1..]);
        right.CopyTo(node[(1 + Digest.Length)..]);
        return Digest.Of(node);
    }

    private static Digest Compute(ReadOnlySpan<Digest> leaves) =>
        leaves.Length == 1 ? leaves[0] : Node(Compute(leaves[..Split(leaves.Length)]), Compute(leaves[Split(leaves.Length)..]));

    private static void Path(ReadOnlySpan<Digest> leaves, int index, List<Digest> path)
    {
        if (leaves.Length == 1)
        {
            return;
        }

        var split = Split(leaves.Length);
        if (index < split)
        {
            Path(leaves[..split], index, path);
            path.Add(Compute(leaves[split..]));
        }
        else
        {
            Path(leaves[split..], index - split, path);
            path.Add(Compute(leaves[..split]));
        }
    }

    /// <summary>The largest power of two below the count.</summary>
    private static int Split(int count) => 1 << BitOperations.Log2((uint)(count - 1));
}
