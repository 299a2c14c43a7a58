using CocoonOrleans.Market;

namespace CocoonOrleans.Ledger.Channels;

/// <summary>What a provider has earned and no voucher covers.</summary>
/// <param name="Owed">All that vouchers of the channel should come to, in nano: what it has paid out, and what the provider is due; without what is behind <paramref name="CoveredUpTo"/>.</param>
/// <param name="Receipts">SHA-256 of the usage receipts that are newly covered, in the book's order; captures without one are left out.</param>
/// <param name="CoveredUpTo">The last entry that was counted.</param>
/// <param name="OldestAt">When the oldest of the newly covered captures was booked; null where there is none.</param>
/// <param name="Last">The last voucher; null before the first.</param>
/// <param name="UnclaimedSince">When the first voucher was stored that the chain hasn't paid in full; null where there is none.</param>
public sealed record ChannelDue(
    Nano Owed, IReadOnlyList<ReadOnlyMemory<byte>> Receipts, long CoveredUpTo, DateTimeOffset? OldestAt, StoredVoucher? Last,
    DateTimeOffset? UnclaimedSince);
