using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace CocoonOrleans.Market.Solvency;

/// <summary>
/// A Merkle tree whose nodes carry sums: who has the root can be shown that an amount is part of its sum, without seeing the others. Leaves and nodes are hashed with different first bytes
/// (as in RFC 9162, section 2.1), and the sums of both sides are inside the hash, so that no sum can be left out. A leaf names its account by a salted hash.
/// </summary>
public sealed class SumTree
{
    /// <summary>The most leaves.</summary>
    public const int MostLeaves = 1 << 24;

    /// <summary>The bytes of a salt.</summary>
    public const int SaltLength = 16;

    private readonly List<SumNode[]> _levels = [];

    /// <summary>Builds the tree.</summary>
    /// <param name="leaves">What is owed, in the order of the tree; 1 to <see cref="MostLeaves"/>, each with an amount of zero or more.</param>
    /// <exception cref="OverflowException">The sum doesn't fit in 64 bits.</exception>
    public SumTree(IReadOnlyList<SumLeaf> leaves)
    {
        ArgumentNullException.ThrowIfNull(leaves);
        ArgumentOutOfRangeException.ThrowIfZero(leaves.Count, nameof(leaves));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(leaves.Count, MostLeaves, nameof(leaves));
        SumNode[] level = [.. leaves.Select(leaf => leaf.Node())];
        _levels.Add(level);
        while (level.Length > 1)
        {
            // Whoever is left alone goes up as it is.
            SumNode[] above = new SumNode[(level.Length + 1) / 2];
            for (int i = 0; i < above.Length; i++)
            {
                above[i] = (2 * i) + 1 < level.Length ? SumNode.Of(level[2 * i], level[(2 * i) + 1]) : level[2 * i];
            }

            level = above;
            _levels.Add(level);
        }
    }

    /// <summary>The root: the hash over all, and the sum of all.</summary>
    public SumNode Root => _levels[^1][0];

    /// <summary>What a leaf's owner needs to come to the root: from below, the nodes beside its own.</summary>
    /// <param name="index">The leaf's place.</param>
    public IReadOnlyList<SumStep> PathOf(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, _levels[0].Length);
        List<SumStep> path = [];
        foreach (SumNode[] level in _levels.Take(_levels.Count - 1))
        {
            int beside = index ^ 1;
            if (beside < level.Length)
            {
                path.Add(new SumStep(level[beside], IsLeft: beside < index));
            }

            index /= 2;
        }

        return path;
    }

    /// <summary>The root that a leaf and its path come to.</summary>
    /// <returns>Null where a sum on the way is below zero or doesn't fit in 64 bits: no honest tree has one.</returns>
    public static SumNode? RootOf(SumLeaf leaf, IReadOnlyList<SumStep> path)
    {
        ArgumentNullException.ThrowIfNull(leaf);
        ArgumentNullException.ThrowIfNull(path);
        if (leaf.Amount < Nano.Zero)
        {
            return null;
        }

        try
        {
            SumNode node = leaf.Node();
            foreach (SumStep step in path)
            {
                if (step.Beside.Sum < Nano.Zero || step.Beside.Hash.Length != SHA256.HashSizeInBytes)
                {
                    return null;
                }

                node = step.IsLeft ? SumNode.Of(step.Beside, node) : SumNode.Of(node, step.Beside);
            }

            return node;
        }
        catch (OverflowException)
        {
            return null;
        }
    }
}

/// <summary>What is owed to one account.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="Salt">Random; without it nobody can look whether an account is among the leaves.</param>
/// <param name="Amount">In nano; zero or more.</param>
public sealed record SumLeaf(string AccountId, ReadOnlyMemory<byte> Salt, Nano Amount)
{
    /// <summary>The leaf as a node: SHA-256 of a zero byte, the SHA-256 of account and salt, and the amount.</summary>
    public SumNode Node()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Amount.Value, nameof(Amount));
        byte[] name = SHA256.HashData([.. "cocoon-solvency-v1"u8, .. Encoding.UTF8.GetBytes(AccountId), 0, .. Salt.Span]);
        return new SumNode(SHA256.HashData([0, .. name, .. SumNode.Bytes(Amount)]), Amount);
    }
}

/// <summary>A node.</summary>
/// <param name="Hash">32 bytes.</param>
/// <param name="Sum">Of all leaves below, in nano.</param>
public sealed record SumNode(ReadOnlyMemory<byte> Hash, Nano Sum)
{
    /// <summary>The node above two: SHA-256 of a one byte, and hash and sum of both.</summary>
    /// <exception cref="OverflowException">The sum doesn't fit in 64 bits.</exception>
    public static SumNode Of(SumNode left, SumNode right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new SumNode(SHA256.HashData([1, .. left.Hash.Span, .. Bytes(left.Sum), .. right.Hash.Span, .. Bytes(right.Sum)]), left.Sum + right.Sum);
    }

    /// <summary>Whether hash and sum are the same.</summary>
    public bool Equals(SumNode? other) => other is not null && Sum == other.Sum && Hash.Span.SequenceEqual(other.Hash.Span);

    /// <inheritdoc/>
    public override int GetHashCode() => Sum.GetHashCode();

    internal static byte[] Bytes(Nano amount)
    {
        byte[] bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, amount.Value);
        return bytes;
    }
}

/// <summary>A step of a path.</summary>
/// <param name="Beside">The node beside one's own.</param>
/// <param name="IsLeft">Whether it is on the left.</param>
public sealed record SumStep(SumNode Beside, bool IsLeft);
