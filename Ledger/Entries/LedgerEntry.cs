using CocoonOrleans.Market;

namespace CocoonOrleans.Ledger.Entries;

/// <summary>One leg of a transaction. Legs are only ever added; the legs of one transaction sum to zero.</summary>
/// <param name="Sequence">Its place in the book, rising; the cursor for paging.</param>
/// <param name="TransactionId">The transaction; for a capture the job id.</param>
/// <param name="Kind">What moved the money.</param>
/// <param name="AccountId">Whose leg it is.</param>
/// <param name="Amount">In nano: below zero paid, above zero received.</param>
/// <param name="Reason">A short label; for a capture the model.</param>
/// <param name="At">When it was booked.</param>
public sealed record LedgerEntry(
    long Sequence, Guid TransactionId, TransactionKind Kind, string AccountId, Nano Amount, string Reason, DateTimeOffset At);
