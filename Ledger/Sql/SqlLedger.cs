using System.Data.Common;
using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Ledger.Deposits;
using CocoonOrleans.Ledger.Entries;
using CocoonOrleans.Ledger.Holds;
using CocoonOrleans.Ledger.Invariants;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Ledger.Providers;
using CocoonOrleans.Ledger.Solvency;
using CocoonOrleans.Ledger.Usage;
using CocoonOrleans.Ledger.Wallets;

namespace CocoonOrleans.Ledger.Sql;

/// <summary>
/// The ledger in an SQL database: what is the same whichever it is. Calls share commits (<see cref="GroupCommit{TSession}"/>); reads have connections of
/// their own and see what is committed. Several processes may open the same database.
/// </summary>
public abstract partial class SqlLedger : ILedger, IWalletStore, IChannelStore, IProviderStore, IClientChannelStore, IDepositStore, ISolvencyStore, IAsyncDisposable
{
    private readonly GroupCommit<LedgerSession> _writer;
    private readonly TimeProvider _clock;

    private protected SqlLedger(GroupCommit<LedgerSession> writer, TimeProvider clock)
    {
        _writer = writer;
        _clock = clock;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<LedgerResult>> ExecuteAsync(IReadOnlyList<LedgerOperation> batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Count is 0 or > LedgerLimits.MaxOperationsPerCall || batch.Contains(null!))
        {
            throw new ArgumentException($"A batch has 1 to {LedgerLimits.MaxOperationsPerCall} operations, none of them null.", nameof(batch));
        }

        return WriteAsync<IReadOnlyList<LedgerResult>>(
            session =>
            {
                DateTimeOffset now = _clock.GetUtcNow();
                LedgerResult[] results = new LedgerResult[batch.Count];
                for (int i = 0; i < results.Length; i++)
                {
                    results[i] = session.Apply(batch[i], now);
                }

                return results;
            },
            batch,
            batch.Count,
            cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<Account?> GetAccountAsync(string accountId, CancellationToken cancellationToken) =>
        (await ListAsync(Rows.SelectAccount + " WHERE a.account_id = $account", Rows.Account, cancellationToken, ("$account", accountId))).SingleOrDefault();

    /// <inheritdoc/>
    public async Task<Hold?> GetHoldAsync(Guid jobId, CancellationToken cancellationToken) =>
        (await ListAsync(Rows.SelectHold + " WHERE h.job_id = $job", Rows.Hold, cancellationToken, ("$job", Values.Blob(jobId)))).SingleOrDefault();

    /// <inheritdoc/>
    public async Task<StoredApiKey?> FindApiKeyAsync(string keyId, CancellationToken cancellationToken) =>
        (await ListAsync(Rows.SelectApiKey + " WHERE key_id = $key", Rows.ApiKey, cancellationToken, ("$key", keyId))).SingleOrDefault();

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Hold>> ListExpiredHoldsAsync(
        DateTimeOffset now, int shard, int shards, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shards, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(shards, 256);
        ArgumentOutOfRangeException.ThrowIfNegative(shard);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(shard, shards);
        CheckLimit(limit);
        return await ListAsync(
            Rows.SelectHold + " WHERE h.state = 'open' AND h.expires_at <= $now AND h.shard % $shards = $shard ORDER BY h.expires_at LIMIT $limit",
            Rows.Hold,
            cancellationToken,
            ("$now", now.ToUnixTimeMilliseconds()),
            ("$shards", (long)shards),
            ("$shard", (long)shard),
            ("$limit", (long)limit));
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<UsageRow>> GetUsageAsync(
        string accountId, DateOnly from, DateOnly to, UsagePeriod period, CancellationToken cancellationToken)
    {
        UsagePeriods.CheckSpan(from, to);

        // One statement is one read transaction: what the drain moves is seen on exactly one side.
        List<UsageRow> days = await ListAsync(
            """
            SELECT day, model, sum(jobs), sum(released_jobs), sum(late_jobs), sum(prompt_tokens), sum(cached_tokens), sum(completion_tokens), sum(amount)
            FROM (SELECT day, model, jobs, released_jobs, late_jobs, prompt_tokens, cached_tokens, completion_tokens, amount
                  FROM usage_days WHERE account_id = $account AND day BETWEEN $from AND $to
                  UNION ALL
                  SELECT day, model, jobs, released_jobs, late_jobs, prompt_tokens, cached_tokens, completion_tokens, amount
                  FROM outbox_usage WHERE account_id = $account AND day BETWEEN $from AND $to) u
            GROUP BY day, model
            """,
            row => new UsageRow(
                DateOnly.FromDayNumber(row.GetInt32(0)), row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4),
                row.GetInt64(5), row.GetInt64(6), row.GetInt64(7), row.Nano(8)),
            cancellationToken,
            ("$account", accountId),
            ("$from", (long)from.DayNumber),
            ("$to", (long)to.DayNumber));
        return UsagePeriods.Sum(days, period);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LedgerEntry>> ListEntriesAsync(string accountId, long? before, int limit, CancellationToken cancellationToken)
    {
        CheckLimit(limit);
        return await ListAsync(
            Rows.SelectEntry + " WHERE e.account_id = $account AND e.entry_id < $before ORDER BY e.entry_id DESC LIMIT $limit",
            Rows.Entry,
            cancellationToken,
            ("$account", accountId),
            ("$before", before ?? long.MaxValue),
            ("$limit", (long)limit));
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LateCompletion>> ListLateCompletionsAsync(
        string providerAccountId, int limit, CancellationToken cancellationToken)
    {
        CheckLimit(limit);
        return await ListAsync(
            Rows.SelectLateCompletion + " WHERE l.provider_account_id = $provider ORDER BY l.late_id DESC LIMIT $limit",
            Rows.LateCompletion,
            cancellationToken,
            ("$provider", providerAccountId),
            ("$limit", (long)limit));
    }

    /// <inheritdoc/>
    public Task<int> DrainOutboxAsync(int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 10_000);
        return WriteAsync(session => session.Outbox.Drain(limit), weight: 1, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<InvariantViolation>> CheckInvariantsAsync(CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<InvariantViolation>>(
            connection =>
            {
                using DbTransaction transaction = connection.BeginSnapshot();
                List<InvariantViolation> violations = [];
                foreach ((string name, string sql) in LedgerInvariants.All)
                {
                    violations.AddRange(connection.ReadAll(sql, row => new InvariantViolation(name, Subject(row))));
                }

                return violations;
            },
            cancellationToken);

    /// <summary>Finishes what waits, then closes the database.</summary>
    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        Close();
        GC.SuppressFinalize(this);
    }

    /// <summary>Opens a connection for one read.</summary>
    private protected abstract SqlReading OpenForReading();

    /// <summary>Closes what reads keep open.</summary>
    private protected abstract void Close();

    private static string Subject(DbDataReader row) => row.GetValue(0) switch
    {
        byte[] { Length: 16 } id => new Guid(id, bigEndian: true).ToString(),
        object value => value.ToString()!,
    };

    private static void CheckLimit(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, LedgerLimits.MaxPageSize);
    }

    private Task<T> WriteAsync<T>(Func<LedgerSession, T> work, int weight, CancellationToken cancellationToken) =>
        WriteAsync(work, [], weight, cancellationToken);

    private async Task<T> WriteAsync<T>(
        Func<LedgerSession, T> work, IReadOnlyList<LedgerOperation> operations, int weight, CancellationToken cancellationToken)
    {
        try
        {
            return await _writer.ExecuteAsync(work, operations, weight, cancellationToken);
        }
        catch (Exception exception) when (exception is DbException or CommitException)
        {
            throw new LedgerUnavailableException("The ledger's database failed. Repeat with the same ids once it is reachable and its disk and lock are free.", exception);
        }
    }

    private Task<List<T>> ListAsync<T>(
        string sql, Func<DbDataReader, T> row, CancellationToken cancellationToken, params (string Name, object? Value)[] values) =>
        ReadAsync(connection => connection.ReadAll(sql, row, values), cancellationToken);

    // On the pool: it blocks while it reads, and a grain's turn must not.
    private async Task<T> ReadAsync<T>(Func<SqlReading, T> read, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Run(() => ReadTwice(read), cancellationToken);
        }
        catch (DbException exception)
        {
            throw new LedgerUnavailableException("The ledger's database can't be read.", exception);
        }
    }

    // A pooled connection may have been cut since it was used: the second one is new.
    private T ReadTwice<T>(Func<SqlReading, T> read)
    {
        try
        {
            return ReadOnce(read);
        }
        catch (DbException exception) when (exception.IsTransient)
        {
            return ReadOnce(read);
        }
    }

    private T ReadOnce<T>(Func<SqlReading, T> read)
    {
        using SqlReading connection = OpenForReading();
        return read(connection);
    }
}
