using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Market;

namespace CocoonOrleans.Ledger.Sql;

public abstract partial class SqlLedger
{
    /// <summary>What vouchers of a provider's other channels promise and those haven't paid.</summary>
    private const string PromisedElsewhere =
        """
        SELECT coalesce(sum(promised - claimed), 0)
        FROM (SELECT h.claimed, (SELECT coalesce(max(v.cumulative), 0) FROM vouchers v WHERE v.channel = h.channel) AS promised
              FROM channels h WHERE h.account_id = $account AND h.channel <> $channel AND h.phase <> 'closed') p
        WHERE promised > claimed
        """;

    /// <inheritdoc/>
    public Task<WorkerChannel> OpenChannelAsync(WorkerChannel channel, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(channel);
        return WriteAsync(session => session.Channels.Open(channel, _clock.GetUtcNow()), weight: 1, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<WorkerChannel?> FindChannelAsync(string channel, CancellationToken cancellationToken) =>
        (await ListAsync(ChannelRows.SelectChannel + " WHERE h.channel = $channel", ChannelRows.Channel, cancellationToken, ("$channel", channel))).SingleOrDefault();

    /// <inheritdoc/>
    public async Task<IReadOnlyList<WorkerChannel>> ListChannelsAsync(CancellationToken cancellationToken) =>
        await ListAsync(ChannelRows.SelectChannel + " WHERE h.phase <> 'closed' ORDER BY h.channel", ChannelRows.Channel, cancellationToken);

    /// <inheritdoc/>
    public async Task<StoredVoucher?> FindVoucherAsync(string channel, CancellationToken cancellationToken) =>
        (await ListAsync(
            ChannelRows.SelectVoucher + " WHERE v.channel = $channel ORDER BY v.serial DESC LIMIT 1",
            ChannelRows.Voucher,
            cancellationToken,
            ("$channel", channel))).SingleOrDefault();

    /// <inheritdoc/>
    public async Task<StoredVoucher?> FindProviderVoucherAsync(string accountId, CancellationToken cancellationToken) =>
        (await ListAsync(
            ChannelRows.SelectVoucher
                + " JOIN channels h ON h.channel = v.channel WHERE h.account_id = $account AND h.phase <> 'closed' AND h.stranded_at IS NULL ORDER BY v.serial DESC LIMIT 1",
            ChannelRows.Voucher,
            cancellationToken,
            ("$account", accountId))).SingleOrDefault();

    /// <inheritdoc/>
    public Task<ChannelDue> ReadDueAsync(WorkerChannel channel, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(channel);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return ReadAsync(
            connection =>
            {
                // One read transaction: entries that are booked meanwhile are on neither side.
                using var transaction = connection.BeginSnapshot();
                StoredVoucher? last = connection.ReadAll(
                    ChannelRows.SelectVoucher + " WHERE v.channel = $channel ORDER BY v.serial DESC LIMIT 1", ChannelRows.Voucher, ("$channel", channel.Channel))
                    .SingleOrDefault();
                Nano claimed = connection.ReadAll(
                    "SELECT claimed FROM channels WHERE channel = $channel", row => row.Nano(0), ("$channel", channel.Channel)).Single();
                Nano earned = connection.ReadAll(
                    "SELECT coalesce(sum(amount), 0) FROM entries WHERE account_id = $account", row => row.Nano(0), ("$account", channel.AccountId)).Single();

                // Of all its channels: what an earlier one covered is not covered again, nor counted as behind.
                long after = connection.ReadAll(
                    "SELECT coalesce(max(v.covered_up_to), 0) FROM vouchers v JOIN channels h ON h.channel = v.channel WHERE h.account_id = $account",
                    row => row.GetInt64(0),
                    ("$account", channel.AccountId)).Single();
                Nano elsewhere = connection.ReadAll(PromisedElsewhere, row => row.Nano(0), ("$account", channel.AccountId), ("$channel", channel.Channel)).Single();
                List<(long Entry, ReadOnlyMemory<byte>? Receipt, DateTimeOffset At)> captures = connection.ReadAll(
                    """
                    SELECT e.entry_id, c.report_hash, c.captured_at FROM entries e JOIN captures c ON c.job_id = e.transaction_id
                    WHERE e.account_id = $account AND e.entry_id > $after ORDER BY e.entry_id LIMIT $limit
                    """,
                    row => (row.GetInt64(0), row.BytesOrNull(1), row.Time(2)),
                    ("$account", channel.AccountId),
                    ("$after", after),
                    ("$limit", (long)limit));
                long upTo = captures.Count == 0 ? after : captures[^1].Entry;
                Nano behind = connection.ReadAll(
                    """
                    SELECT coalesce(sum(e.amount), 0) FROM entries e JOIN captures c ON c.job_id = e.transaction_id
                    WHERE e.account_id = $account AND e.entry_id > $upTo
                    """,
                    row => row.Nano(0),
                    ("$account", channel.AccountId),
                    ("$upTo", upTo)).Single();
                DateTimeOffset? unclaimedSince = connection.ReadAll(
                    "SELECT min(created_at) FROM vouchers WHERE channel = $channel AND cumulative > $claimed",
                    row => row.TimeOrNull(0),
                    ("$channel", channel.Channel),
                    ("$claimed", claimed.Value)).Single();
                return new ChannelDue(
                    claimed + earned - behind - elsewhere,
                    [.. captures.Select(capture => capture.Receipt).OfType<ReadOnlyMemory<byte>>()],
                    upTo,
                    captures.Count == 0 ? null : captures[0].At,
                    last,
                    unclaimedSince);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<bool> TryAddVoucherAsync(StoredVoucher voucher, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(voucher);
        return WriteAsync(session => session.Channels.TryAddVoucher(voucher, _clock.GetUtcNow()), weight: 1, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<bool> TryAbandonAsync(string channel, CancellationToken cancellationToken) =>
        WriteAsync(session => session.Channels.TryAbandon(channel), weight: 1, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> TryStrandAsync(string channel, CancellationToken cancellationToken) =>
        WriteAsync(session => session.Channels.TryStrand(channel, _clock.GetUtcNow()), weight: 1, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> TryTakeBackAsync(string channel, CancellationToken cancellationToken) =>
        WriteAsync(session => session.Channels.TryTakeBack(channel), weight: 1, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> TryAdoptVoucherAsync(StoredVoucher voucher, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(voucher);
        return WriteAsync(session => session.Channels.TryAdoptVoucher(voucher, _clock.GetUtcNow()), weight: 1, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<bool> TryTakeOverAsync(WorkerChannel channel, StoredVoucher last, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(channel);
        ArgumentNullException.ThrowIfNull(last);
        return WriteAsync(session => session.Channels.TryTakeOver(channel, last, _clock.GetUtcNow()), weight: 1, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<bool> TryApplyAsync(string channel, ChannelSnapshot state, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(state);
        return WriteAsync(session => session.Channels.TryApply(channel, state, _clock.GetUtcNow()), weight: 1, cancellationToken);
    }
}
