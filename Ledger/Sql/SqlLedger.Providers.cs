using System.Data.Common;
using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Ledger.Providers;
using CocoonOrleans.Market;

namespace CocoonOrleans.Ledger.Sql;

public abstract partial class SqlLedger
{
    private const string OrderColumns = "account_id, number, address, threshold, transfers, holds_from, bytes, created_at";
    private const int MaxDays = 400;
    private const long MillisecondsOfDay = 86_400_000;

    // Vouchers rise: what a day added is how much the last one of the day is above the last one before it, for each channel.
    private const string DaysOfProvider =
        """
        WITH days AS (
            SELECT day, sum(jobs) AS jobs, sum(amount) AS earned, 0 AS promised, 0 AS charged
            FROM (SELECT day, jobs, amount FROM usage_days WHERE account_id = $account
                  UNION ALL SELECT day, jobs, amount FROM outbox_usage WHERE account_id = $account) u
            GROUP BY day
            UNION ALL
            SELECT v.created_at / 86400000 + $epoch, 0, 0,
                   v.cumulative - coalesce((SELECT max(w.cumulative) FROM vouchers w WHERE w.channel = v.channel AND w.serial < v.serial), 0), 0
            FROM vouchers v JOIN channels h ON h.channel = v.channel WHERE h.account_id = $account
            UNION ALL
            SELECT t.created_at / 86400000 + $epoch, 0, 0, 0, -e.amount
            FROM entries e JOIN transactions t ON t.transaction_id = e.transaction_id
            WHERE e.account_id = $account AND t.kind = 'transfer' AND t.reason IN ('channel charged', 'payout')
        )
        SELECT day, sum(jobs), sum(earned), sum(promised), sum(charged) FROM days GROUP BY day ORDER BY day DESC LIMIT $limit
        """;

    private static readonly long Epoch = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    /// <inheritdoc/>
    public Task<bool> TryAddOrderAsync(PayoutOrder order, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(order);
        return WriteAsync(session => session.Providers.TryAdd(order, _clock.GetUtcNow()), weight: 1, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<PayoutOrders> ReadOrdersAsync(string accountId, DateTimeOffset now, CancellationToken cancellationToken) => ReadAsync(
        connection =>
        {
            using DbTransaction transaction = connection.BeginSnapshot();
            return new PayoutOrders(
                connection.ReadAll(
                    $"""
                    SELECT {OrderColumns} FROM (SELECT *, lead(created_at) OVER (ORDER BY number) AS next_at FROM payout_orders WHERE account_id = $account) o
                    WHERE holds_from <= $now AND (next_at IS NULL OR holds_from <= next_at) ORDER BY number DESC LIMIT 1
                    """,
                    Order,
                    ("$account", accountId),
                    ("$now", now.ToUnixTimeMilliseconds())).SingleOrDefault(),
                connection.ReadAll(
                    $"SELECT {OrderColumns} FROM payout_orders WHERE account_id = $account ORDER BY number DESC LIMIT 1", Order, ("$account", accountId)).SingleOrDefault());
        },
        cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> ListOrderingProvidersAsync(CancellationToken cancellationToken) =>
        await ListAsync("SELECT DISTINCT account_id FROM payout_orders ORDER BY account_id", row => row.GetString(0), cancellationToken);

    /// <inheritdoc/>
    public async Task<WorkerChannel?> FindProviderChannelAsync(string accountId, CancellationToken cancellationToken) => (await ListAsync(
        ChannelRows.SelectChannel + " WHERE h.account_id = $account AND h.phase <> 'closed' AND h.stranded_at IS NULL",
        ChannelRows.Channel,
        cancellationToken,
        ("$account", accountId))).SingleOrDefault();

    /// <inheritdoc/>
    public Task<ProviderEarnings?> ReadEarningsAsync(string accountId, int days, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(days, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(days, MaxDays);
        return ReadAsync(connection => ReadEarnings(connection, accountId, days), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<ProviderDayDetails> ReadDayAsync(string accountId, DateOnly day, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        long from = new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero).ToUnixTimeMilliseconds();
        long to = from + MillisecondsOfDay;
        return ReadAsync(
            connection =>
            {
                using DbTransaction transaction = connection.BeginSnapshot();
                return new ProviderDayDetails(
                    connection.ReadAll(
                        """
                        SELECT c.job_id, c.amount, c.provider_amount, c.report_hash
                        FROM entries e JOIN captures c ON c.job_id = e.transaction_id
                        WHERE e.account_id = $account AND c.captured_at >= $from AND c.captured_at < $to ORDER BY e.entry_id LIMIT $limit
                        """,
                        row => new ProviderCapture(row.Id(0), row.Nano(1), row.Nano(2), row.BytesOrNull(3)),
                        ("$account", accountId),
                        ("$from", from),
                        ("$to", to),
                        ("$limit", limit + 1L)),
                    connection.ReadAll(
                        ChannelRows.SelectVoucher + " JOIN channels h ON h.channel = v.channel WHERE h.account_id = $account AND v.created_at >= $from AND v.created_at < $to ORDER BY v.created_at, v.serial",
                        ChannelRows.Voucher,
                        ("$account", accountId),
                        ("$from", from),
                        ("$to", to)),
                    connection.ReadAll(
                        """
                        SELECT t.created_at, -e.amount, coalesce(c.channel, i.wallet), coalesce(c.lt, i.message_lt), coalesce(c.hash, i.sent_by)
                        FROM entries e JOIN transactions t ON t.transaction_id = e.transaction_id
                        LEFT JOIN claims c ON c.transaction_id = t.transaction_id
                        LEFT JOIN intents i ON i.intent_id = t.transaction_id AND i.message_lt IS NOT NULL
                        WHERE e.account_id = $account AND t.kind = 'transfer' AND t.reason IN ('channel charged', 'payout') AND t.created_at >= $from AND t.created_at < $to
                        ORDER BY e.entry_id
                        """,
                        row => new ProviderCharge(
                            row.Time(0),
                            row.Nano(1),
                            row.IsDBNull(4) ? null : new ChainTransaction(row.GetString(2), row.GetInt64(3), Convert.ToHexStringLower(row.Bytes(4)))),
                        ("$account", accountId),
                        ("$from", from),
                        ("$to", to)),
                    connection.ReadAll(
                        "SELECT coalesce(sum(amount), 0) FROM entries WHERE account_id = $account", row => row.Nano(0), ("$account", accountId)).Single());
            },
            cancellationToken);
    }

    private static PayoutOrder Order(DbDataReader row) =>
        new(row.GetString(0), row.GetInt64(1), row.GetString(2), row.Nano(3), row.GetInt64(4) == 1, row.Time(5), row.Bytes(6), row.Time(7));

    private static ProviderEarnings? ReadEarnings(SqlReading connection, string accountId, int days)
    {
        // One read transaction: all of it is of one moment.
        using DbTransaction transaction = connection.BeginSnapshot();
        if (connection.ReadAll("SELECT 1 FROM accounts WHERE account_id = $account AND class = 'provider'", row => row.GetInt64(0), ("$account", accountId)).Count == 0)
        {
            return null;
        }

        Nano earned = connection.ReadAll(
            """
            SELECT coalesce((SELECT sum(amount) FROM usage_days WHERE account_id = $account), 0)
                 + coalesce((SELECT sum(amount) FROM outbox_usage WHERE account_id = $account), 0)
            """,
            row => row.Nano(0),
            ("$account", accountId)).Single();
        Nano due = connection.ReadAll(
            "SELECT coalesce(sum(amount), 0) FROM entries WHERE account_id = $account", row => row.Nano(0), ("$account", accountId)).Single();
        Nano charged = connection.ReadAll(
            """
            SELECT coalesce((SELECT sum(claimed) FROM channels WHERE account_id = $account), 0)
                 + coalesce((SELECT sum(amount) FROM intents WHERE account_id = $account AND purpose = 'payout'), 0)
            """,
            row => row.Nano(0),
            ("$account", accountId)).Single();
        WorkerChannel? channel = connection.ReadAll(
            ChannelRows.SelectChannel + " WHERE h.account_id = $account AND h.phase <> 'closed' AND h.stranded_at IS NULL", ChannelRows.Channel, ("$account", accountId)).SingleOrDefault();
        StoredVoucher? voucher = channel is null ? null : connection.ReadAll(
            ChannelRows.SelectVoucher + " WHERE v.channel = $channel ORDER BY v.serial DESC LIMIT 1", ChannelRows.Voucher, ("$channel", channel.Channel)).SingleOrDefault();
        List<EarningsDay> ofDays = connection.ReadAll(
            DaysOfProvider,
            row => new EarningsDay(DateOnly.FromDayNumber((int)row.GetInt64(0)), row.GetInt64(1), row.Nano(2), row.Nano(3), row.Nano(4)),
            ("$account", accountId),
            ("$epoch", Epoch),
            ("$limit", (long)days));
        Nano promised = voucher is null ? Nano.Zero : voucher.Cumulative - Nano.Min(voucher.Cumulative, channel!.State.Claimed);
        Nano elsewhere = connection.ReadAll(PromisedElsewhere, row => row.Nano(0), ("$account", accountId), ("$channel", channel?.Channel ?? "")).Single();
        return new ProviderEarnings(earned, due, charged, promised + elsewhere, ofDays, channel, voucher);
    }
}
