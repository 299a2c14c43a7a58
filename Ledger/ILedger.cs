using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Entries;
using CocoonOrleans.Ledger.Holds;
using CocoonOrleans.Ledger.Invariants;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Ledger.Usage;

namespace CocoonOrleans.Ledger;

/// <summary>
/// The double-entry book: accounts, holds, entries, API keys and usage. Every member may throw <see cref="LedgerUnavailableException"/> when the
/// database fails. Safe for concurrent use.
/// </summary>
public interface ILedger
{
    /// <summary>
    /// Applies operations in their order, all in one commit, and returns when they are durable: one result for each, at the same place. A refused operation
    /// changes nothing and does not stop the others.
    /// </summary>
    /// <param name="batch">1 to <see cref="LedgerLimits.MaxOperationsPerCall"/> operations.</param>
    /// <param name="cancellationToken">Before the batch is taken from the queue: it is dropped. Afterwards its outcome is unknown, so repeat it by its ids.</param>
    /// <exception cref="ArgumentException">The batch is empty or too long.</exception>
    /// <exception cref="LedgerUnavailableException">The commit failed; nothing is half done.</exception>
    Task<IReadOnlyList<LedgerResult>> ExecuteAsync(IReadOnlyList<LedgerOperation> batch, CancellationToken cancellationToken);

    /// <summary>Reads an account; null where there is none.</summary>
    Task<Account?> GetAccountAsync(string accountId, CancellationToken cancellationToken);

    /// <summary>Reads a job's hold in whatever state it is; null where there is none.</summary>
    Task<Hold?> GetHoldAsync(Guid jobId, CancellationToken cancellationToken);

    /// <summary>Reads a key, revoked or not; null where there is none.</summary>
    Task<StoredApiKey?> FindApiKeyAsync(string keyId, CancellationToken cancellationToken);

    /// <summary>Lists open holds that expired at <paramref name="now"/>, the oldest first, of one of several equal shares.</summary>
    /// <param name="now">The time to judge by.</param>
    /// <param name="shard">Which share, 0 to <paramref name="shards"/> - 1; the job id decides.</param>
    /// <param name="shards">How many shares there are, 1 to 256.</param>
    /// <param name="limit">The most holds to return, 1 to <see cref="LedgerLimits.MaxPageSize"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    Task<IReadOnlyList<Hold>> ListExpiredHoldsAsync(DateTimeOffset now, int shard, int shards, int limit, CancellationToken cancellationToken);

    /// <summary>Sums what an account used or served, exact at the moment of reading, ordered by period and model.</summary>
    /// <param name="accountId">A client or provider.</param>
    /// <param name="from">The first day, UTC.</param>
    /// <param name="to">The last day, UTC, itself included; at most 400 days after <paramref name="from"/>.</param>
    /// <param name="period">How days are summed; a period that starts before <paramref name="from"/> holds only the days asked for.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentOutOfRangeException">The days are out of order or too far apart.</exception>
    Task<IReadOnlyList<UsageRow>> GetUsageAsync(
        string accountId, DateOnly from, DateOnly to, UsagePeriod period, CancellationToken cancellationToken);

    /// <summary>Lists an account's entries, the newest first.</summary>
    /// <param name="accountId">The account.</param>
    /// <param name="before">Only entries with a lower sequence; null to start at the newest.</param>
    /// <param name="limit">The most entries to return, 1 to <see cref="LedgerLimits.MaxPageSize"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is out of its range.</exception>
    Task<IReadOnlyList<LedgerEntry>> ListEntriesAsync(string accountId, long? before, int limit, CancellationToken cancellationToken);

    /// <summary>Lists completions that came too late to be paid, the newest first.</summary>
    /// <param name="providerAccountId">The provider.</param>
    /// <param name="limit">The most to return, 1 to <see cref="LedgerLimits.MaxPageSize"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is out of its range.</exception>
    Task<IReadOnlyList<LateCompletion>> ListLateCompletionsAsync(string providerAccountId, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Moves up to <paramref name="limit"/> events, in their order, from the outbox into the daily sums, in one commit: each counts exactly once.
    /// Usage reads the same before and after.
    /// </summary>
    /// <returns>How many events were moved; fewer than <paramref name="limit"/> means that the outbox is empty.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The limit is not 1 to 10,000.</exception>
    Task<int> DrainOutboxAsync(int limit, CancellationToken cancellationToken);

    /// <summary>Checks every rule of the book in SQL, in one read transaction; empty where all hold. Reads the whole book.</summary>
    Task<IReadOnlyList<InvariantViolation>> CheckInvariantsAsync(CancellationToken cancellationToken);
}
