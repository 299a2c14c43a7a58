using System.Security.Cryptography;
using CocoonOrleans.Ton.Cells;

namespace CocoonOrleans.Ton.Vouchers;

/// <summary>
/// Merkle root of usage receipts, as RFC 9162 (section 2.1) makes it: leaves and nodes are hashed with different first bytes, so that no node passes for a
/// receipt, and the left half is the largest power of two below the count.
/// </summary>
public static class UsageRoot
{
    /// <summary>The root; of none, the hash of nothing.</summary>
    /// <param name="receipts">SHA-256 of each receipt, in the order of the book.</param>
    public static Bits256 Of(ReadOnlySpan<Bits256> receipts)
    {
        switch (receipts.Length)
        {
            case 0:
                return new Bits256(SHA256.HashData([]));
            case 1:
                return new Bits256(SHA256.HashData([0, .. receipts[0].ToArray()]));
            default:
                int left = 1;
                while (left * 2 < receipts.Length)
                {
                    left *= 2;
                }

                return new Bits256(SHA256.HashData([1, .. Of(receipts[..left]).ToArray(), .. Of(receipts[left..]).ToArray()]));
        }
    }
}
