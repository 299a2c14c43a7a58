using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Ledger.Wallets;

namespace CocoonOrleans.Ledger.Sql;

public abstract partial class SqlLedger
{
    /// <inheritdoc/>
    public async Task<Intent?> FindIntentAsync(Guid intentId, CancellationToken cancellationToken) =>
        await FindByQueryAsync(PlaceIntent.QueryIdOf(intentId), cancellationToken);

    /// <inheritdoc/>
    public async Task<Intent?> FindByQueryAsync(long queryId, CancellationToken cancellationToken) =>
        (await ListAsync(WalletRows.SelectIntent + " WHERE i.query_id = $query", WalletRows.Intent, cancellationToken, ("$query", queryId))).SingleOrDefault();

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> ListBusyWalletsAsync(CancellationToken cancellationToken) => await ListAsync(
        """
        SELECT wallet FROM intents WHERE state IN ('waiting', 'signed', 'sent') OR (state = 'bounced' AND ended_at IS NULL)
        UNION SELECT wallet FROM wallet_sends WHERE state = 'open' ORDER BY wallet
        """,
        row => row.GetString(0),
        cancellationToken);

    /// <inheritdoc/>
    public async Task<WalletCursor?> FindCursorAsync(string wallet, CancellationToken cancellationToken) =>
        (await ListAsync(WalletRows.SelectCursor + " WHERE w.wallet = $wallet", WalletRows.Cursor, cancellationToken, ("$wallet", wallet))).SingleOrDefault();

    /// <inheritdoc/>
    public Task OpenWalletAsync(string wallet, WalletCursor cursor, CancellationToken cancellationToken) =>
        WriteAsync(session => session.Wallets.Open(wallet, cursor, _clock.GetUtcNow()), weight: 1, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Intent>> ListWaitingAsync(string wallet, int limit, CancellationToken cancellationToken)
    {
        CheckLimit(limit);
        return await ListAsync(
            WalletRows.SelectIntent + " WHERE i.wallet = $wallet AND i.state = 'waiting' ORDER BY i.sequence LIMIT $limit",
            WalletRows.Intent,
            cancellationToken,
            ("$wallet", wallet),
            ("$limit", (long)limit));
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Intent>> ListSentAsync(string wallet, int limit, CancellationToken cancellationToken)
    {
        CheckLimit(limit);
        return await ListAsync(
            WalletRows.SelectIntent
                + " WHERE i.wallet = $wallet AND (i.state = 'sent' OR (i.state = 'bounced' AND i.ended_at IS NULL)) ORDER BY i.sequence LIMIT $limit",
            WalletRows.Intent,
            cancellationToken,
            ("$wallet", wallet),
            ("$limit", (long)limit));
    }

    /// <inheritdoc/>
    public async Task<WalletSend?> FindOpenSendAsync(string wallet, CancellationToken cancellationToken) =>
        (await ListAsync(WalletRows.SelectSend + " WHERE s.wallet = $wallet AND s.state = 'open'", WalletRows.Send, cancellationToken, ("$wallet", wallet)))
            .SingleOrDefault();

    /// <inheritdoc/>
    public async Task<WalletSend?> FindSendAsync(string wallet, ReadOnlyMemory<byte> bodyHash, CancellationToken cancellationToken) =>
        (await ListAsync(
            WalletRows.SelectSend + " WHERE s.wallet = $wallet AND s.body_hash = $body",
            WalletRows.Send,
            cancellationToken,
            ("$wallet", wallet),
            ("$body", bodyHash.ToArray()))).SingleOrDefault();

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Intent>> ListCarriedAsync(WalletSend send, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(send);
        return await ListAsync(
            WalletRows.SelectIntent
                + " JOIN wallet_send_intents c ON c.sequence = i.sequence WHERE c.wallet = $wallet AND c.seqno = $seqno AND c.attempt = $attempt ORDER BY c.position",
            WalletRows.Intent,
            cancellationToken,
            ("$wallet", send.Wallet),
            ("$seqno", send.Seqno),
            ("$attempt", (long)send.Attempt));
    }

    /// <inheritdoc/>
    public async Task<int> NextAttemptAsync(string wallet, long seqno, CancellationToken cancellationToken) =>
        (await ListAsync(
            "SELECT coalesce(max(attempt), 0) + 1 FROM wallet_sends WHERE wallet = $wallet AND seqno = $seqno",
            row => row.GetInt32(0),
            cancellationToken,
            ("$wallet", wallet),
            ("$seqno", seqno)))[0];

    /// <inheritdoc/>
    public Task<bool> TryAddSendAsync(WalletSend send, long cursorLt, IReadOnlyList<Intent> intents, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(send);
        ArgumentNullException.ThrowIfNull(intents);
        return WriteAsync(session => session.Wallets.TryAddSend(send, cursorLt, intents, _clock.GetUtcNow()), weight: 1, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<long?> FindStopAsync(string wallet, CancellationToken cancellationToken) => (await ListAsync(
        "SELECT stopped_lt FROM wallets WHERE wallet = $wallet AND stopped_lt IS NOT NULL", row => (long?)row.GetInt64(0), cancellationToken, ("$wallet", wallet)))
        .SingleOrDefault();

    /// <inheritdoc/>
    public Task<bool> TryResumeAsync(string wallet, long stoppedLt, CancellationToken cancellationToken) =>
        WriteAsync(session => session.Wallets.TryResume(wallet, stoppedLt), weight: 1, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<UnknownPayment>> ListUnknownAsync(string wallet, int limit, CancellationToken cancellationToken)
    {
        CheckLimit(limit);
        return await ListAsync(
            WalletRows.SelectUnknown + " WHERE u.wallet = $wallet AND u.state = 'open' ORDER BY u.message_lt LIMIT $limit",
            WalletRows.Unknown,
            cancellationToken,
            ("$wallet", wallet),
            ("$limit", (long)limit));
    }

    /// <inheritdoc/>
    public Task<KnownPayees> ReadPayeesAsync(CancellationToken cancellationToken) => ReadAsync(
        connection =>
        {
            using var transaction = connection.BeginSnapshot();
            return new KnownPayees(
                connection.ReadAll(
                    """
                    SELECT a.account_id, coalesce(h.claimed, 0) + coalesce(i.amount, 0) FROM accounts a
                    LEFT JOIN (SELECT account_id, sum(claimed) AS claimed FROM channels GROUP BY account_id) h ON h.account_id = a.account_id
                    LEFT JOIN (SELECT account_id, sum(amount) AS amount FROM intents WHERE purpose = 'payout' GROUP BY account_id) i ON i.account_id = a.account_id
                    WHERE a.class = 'provider' ORDER BY a.account_id
                    """,
                    row => (row.GetString(0), row.Nano(1))),
                connection.ReadAll("SELECT DISTINCT address, account_id FROM payout_orders ORDER BY address, account_id", row => (row.GetString(0), row.GetString(1))),
                connection.ReadAll("SELECT channel FROM channels UNION SELECT channel FROM client_channels", row => row.GetString(0)).ToHashSet(StringComparer.Ordinal));
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<bool> TryExplainAsync(UnknownPayment payment, PaymentExplanation explanation, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(payment);
        ArgumentNullException.ThrowIfNull(explanation);
        return WriteAsync(
            session => session.UnknownPayments.TryExplain(payment.Wallet, payment.MessageLt, explanation, _clock.GetUtcNow()), weight: 1, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<int> AcceptUnknownAsync(string wallet, long stoppedLt, CancellationToken cancellationToken) =>
        WriteAsync(session => session.UnknownPayments.Accept(wallet, stoppedLt, _clock.GetUtcNow()), weight: 1, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> TryEndSendAsync(WalletSend send, SendEnd end, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(send);
        return WriteAsync(session => session.Wallets.TryEndSend(send, end), weight: 1, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<WalletCursor?> TryApplyAsync(WalletStep step, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(step);
        return WriteAsync(session => session.Wallets.TryApply(step, _clock.GetUtcNow()), weight: 1, cancellationToken);
    }

    /// <inheritdoc/>
    public Task EndIntentAsync(Guid intentId, bool bounced, int? exitCode, CancellationToken cancellationToken) => WriteAsync(
        session =>
        {
            session.Wallets.End(intentId, bounced, exitCode, _clock.GetUtcNow());
            return true;
        },
        weight: 1,
        cancellationToken);
}
