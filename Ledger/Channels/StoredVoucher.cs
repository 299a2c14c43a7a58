using CocoonOrleans.Market;

namespace CocoonOrleans.Ledger.Channels;

/// <summary>A voucher as it was signed, stored before it leaves.</summary>
/// <param name="Channel">The channel, in raw form.</param>
/// <param name="Serial">1 for the first, and one more for each.</param>
/// <param name="Cumulative">All that is owed over the channel's life, in nano.</param>
/// <param name="Context">What ties it to usage, 32 bytes.</param>
/// <param name="CoveredUpTo">The last entry of the book whose usage receipt is in <paramref name="Context"/>.</param>
/// <param name="Bytes">The signed voucher, as the provider gets it.</param>
/// <param name="At">When it was stored.</param>
public sealed record StoredVoucher(
    string Channel, long Serial, Nano Cumulative, ReadOnlyMemory<byte> Context, long CoveredUpTo, ReadOnlyMemory<byte> Bytes, DateTimeOffset At);
