using CocoonOrleans.Market;

namespace CocoonOrleans.Ledger.Channels;

/// <summary>A voucher that a client signed. Its signature was checked by who brings it.</summary>
/// <param name="Serial">Its number, above zero.</param>
/// <param name="Cumulative">All that the client promises over the channel's life, in nano; above zero.</param>
/// <param name="Bytes">The signed voucher, at most <see cref="Operations.LedgerLimits.MaxVoucherLength"/> bytes.</param>
public sealed record ClientVoucher(long Serial, Nano Cumulative, ReadOnlyMemory<byte> Bytes);
