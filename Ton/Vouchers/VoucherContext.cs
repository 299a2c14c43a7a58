using System.Security.Cryptography;
using CocoonOrleans.Ton.Cells;

namespace CocoonOrleans.Ton.Vouchers;

/// <summary>
/// Ties money to usage for an auditor: a chain of hashes over the usage receipts that each voucher newly covers. The contract doesn't read it.
/// </summary>
public static class VoucherContext
{
    /// <summary>What the first voucher's chain begins with.</summary>
    public static Bits256 First => default;

    /// <summary>The context of a voucher: SHA-256 of a label, the context before, and what is newly covered.</summary>
    /// <param name="previous">The context of the voucher before, or <see cref="First"/>.</param>
    /// <param name="usageRoot">Merkle root of the usage receipts that are newly covered.</param>
    public static Bits256 Next(Bits256 previous, Bits256 usageRoot) =>
        new(SHA256.HashData([.. "cocoon-voucher-v1"u8, .. previous.ToArray(), .. usageRoot.ToArray()]));
}
