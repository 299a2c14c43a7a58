using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Market;

namespace CocoonOrleans.Ledger.Providers;

/// <summary>What a provider has earned and what became of it, as of one moment.</summary>
/// <param name="Earned">For all its jobs, after commission, in nano.</param>
/// <param name="Due">What it hasn't got, in nano.</param>
/// <param name="Charged">What its channels paid on the chain, and transfers to it, in nano.</param>
/// <param name="Promised">What vouchers say beyond that, of the channels that aren't closed, in nano; at most <paramref name="Due"/> unless the book was restored.</param>
/// <param name="Days">The days with jobs, vouchers or charges, the newest first; at most as many as were asked for.</param>
/// <param name="Channel">Its channel that isn't closed and that the operator's keys of now pay from; null where there is none.</param>
/// <param name="Voucher">The last voucher of that channel; null before the first.</param>
public sealed record ProviderEarnings(
    Nano Earned, Nano Due, Nano Charged, Nano Promised, IReadOnlyList<EarningsDay> Days, WorkerChannel? Channel, StoredVoucher? Voucher);
