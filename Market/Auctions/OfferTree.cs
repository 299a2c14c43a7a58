using System.Security.Cryptography;
using CocoonOrleans.Market.Offers;

namespace CocoonOrleans.Market.Auctions;

/// <summary>The Merkle tree (RFC 6962) over all offers of a snapshot, made once for each: what a gateway says that it saw it can't change afterwards, and each offer can be opened by itself.</summary>
public sealed class OfferTree
{
    /// <summary>The length of a hash.</summary>
    public const int HashBytes = 32;

    private const int LongestPath = 32;

    // From the leaves up: of two neighbours comes one node, and the last of an odd number goes up as it is.
    private readonly List<byte[][]> _levels;

    private OfferTree(List<byte[][]> levels) => _levels = levels;

    /// <summary>Of no offers.</summary>
    public static OfferTree Empty { get; } = new([[]]);

    /// <summary>The root; 32 zeros where there are no offers.</summary>
    public ReadOnlyMemory<byte> Root => Count == 0 ? new byte[HashBytes] : _levels[^1][0];

    /// <summary>How many offers there are.</summary>
    public int Count => _levels[0].Length;

    /// <summary>Makes the tree.</summary>
    public static OfferTree Of(IReadOnlyList<Offer> offers)
    {
        ArgumentNullException.ThrowIfNull(offers);
        if (offers.Count == 0)
        {
            return Empty;
        }

        var levels = new List<byte[][]> { offers.Select(static offer => Leaf(OfferLeaf.HashOf(OfferLeaf.Of(offer).Encode()))).ToArray() };
        while (levels[^1].Length > 1)
        {
            byte[][] level = levels[^1];
            var above = new byte[(level.Length + 1) / 2][];
            for (int i = 0; i < above.Length; i++)
            {
                above[i] = (2 * i) + 1 < level.Length ? Node(level[2 * i], level[(2 * i) + 1]) : level[2 * i];
            }

            levels.Add(above);
        }

        return new OfferTree(levels);
    }

    /// <summary>The hashes beside the way from an offer up.</summary>
    /// <param name="place">Its place.</param>
    public IReadOnlyList<ReadOnlyMemory<byte>> Prove(int place)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(place);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(place, Count);
        var path = new List<ReadOnlyMemory<byte>>();
        foreach (byte[][] level in _levels)
        {
            int beside = place ^ 1;
            if (beside < level.Length)
            {
                path.Add(level[beside]);
            }

            place >>= 1;
        }

        return path;
    }

    /// <summary>Whether a leaf is under a root (RFC 9162, section 2.1.3.2). Takes any path.</summary>
    public static bool Proves(ReadOnlySpan<byte> leafHash, int place, int count, IReadOnlyList<ReadOnlyMemory<byte>> path, ReadOnlySpan<byte> root)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (place < 0 || place >= count || path.Count > LongestPath || leafHash.Length != HashBytes || path.Any(static hash => hash.Length != HashBytes))
        {
            return false;
        }

        int last = count - 1;
        byte[] hash = Leaf(leafHash);
        foreach (ReadOnlyMemory<byte> beside in path)
        {
            if (last == 0)
            {
                return false;
            }

            if ((place & 1) == 1 || place == last)
            {
                hash = Node(beside.Span, hash);
                while ((place & 1) == 0 && place != 0)
                {
                    place >>= 1;
                    last >>= 1;
                }
            }
            else
            {
                hash = Node(hash, beside.Span);
            }

            place >>= 1;
            last >>= 1;
        }

        return last == 0 && root.SequenceEqual(hash);
    }

    private static byte[] Leaf(ReadOnlySpan<byte> hash) => SHA256.HashData([0, .. hash]);

    private static byte[] Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => SHA256.HashData([1, .. left, .. right]);
}
