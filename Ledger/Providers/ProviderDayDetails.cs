using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Market;

namespace CocoonOrleans.Ledger.Providers;

/// <summary>What happened on a provider's day, UTC, as of one moment.</summary>
/// <param name="Captures">Its jobs, in the book's order; one more than was asked for where there are more.</param>
/// <param name="Vouchers">Vouchers that were stored in it.</param>
/// <param name="Charges">What channels paid in it, and transfers.</param>
/// <param name="Due">What is due now, in nano.</param>
public sealed record ProviderDayDetails(
    IReadOnlyList<ProviderCapture> Captures, IReadOnlyList<StoredVoucher> Vouchers, IReadOnlyList<ProviderCharge> Charges, Nano Due);

/// <summary>A job that a provider was paid for.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Amount">What the client was charged, in nano.</param>
/// <param name="ProviderAmount">What of that the provider earned, in nano.</param>
/// <param name="ReportHash">SHA-256 of the worker's usage receipt; null where there is none.</param>
public sealed record ProviderCapture(Guid JobId, Nano Amount, Nano ProviderAmount, ReadOnlyMemory<byte>? ReportHash);
