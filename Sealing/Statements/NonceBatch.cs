namespace CocoonOrleans.Sealing.Statements;

/// <summary>The nonces of many clients under one root, so that one quote is fresh for all of them (docs/protocol.md, section 3; RFC 6962, section 2.1).</summary>
public sealed class NonceBatch
{
    /// <summary>Most nonces of a batch.</summary>
    public const int MaxNonces = 4096;

    // From the leaves up: of two neighbours comes one node, and the last of an odd number goes up as it is, which is RFC 6962's tree.
    private readonly List<Digest[]> _levels;

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

        _levels = [[.. nonces.Select(Leaf)]];
        while (_levels[^1].Length > 1)
        {
            _levels.Add(Above(_levels[^1]));
        }

        Root = _levels[^1][0];
    }

    /// <summary>What stands in the statement.</summary>
    public Digest Root { get; }

    /// <summary>How many nonces there are.</summary>
    public int Count => _levels[0].Length;

    /// <summary>Proves to a client that its nonce is in the batch.</summary>
    /// <param name="index">Its place, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such place.</exception>
    public NonceProof Prove(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        var path = new List<Digest>();
        var place = index;
        foreach (var level in _levels)
        {
            var beside = place ^ 1;
            if (beside < level.Length)
            {
                path.Add(level[beside]);
            }

            place >>= 1;
        }

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

    private static Digest[] Above(Digest[] level)
    {
        var above = new Digest[(level.Length + 1) / 2];
        for (var i = 0; i < above.Length; i++)
        {
            above[i] = (2 * i) + 1 < level.Length ? Node(level[2 * i], level[(2 * i) + 1]) : level[2 * i];
        }

        return above;
    }
}
