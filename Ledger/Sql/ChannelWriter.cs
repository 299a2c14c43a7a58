using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Ledger.Entries;
using CocoonOrleans.Market;

namespace CocoonOrleans.Ledger.Sql;

/// <summary>Stores channels and vouchers, and takes what the chain says of channels into the books.</summary>
internal sealed class ChannelWriter(SqlStatements statements, BookWriter book)
{
    private readonly SqlStatement _open = statements.Prepare(
        """
        INSERT INTO channels (channel, account_id, wallet, payer_key, payee_address, payee_key, close_delay, salt, phase, created_at)
        VALUES ($channel, $account, $wallet, $payerKey, $payee, $payeeKey, $delay, $salt, 'unfunded', $now) ON CONFLICT DO NOTHING
        """);

    private readonly SqlStatement _takeOver = statements.Prepare(
        """
        INSERT INTO channels (channel, account_id, wallet, payer_key, payee_address, payee_key, close_delay, salt, phase, created_at, stranded_at)
        SELECT $channel, a.account_id, $wallet, $payerKey, $payee, $payeeKey, $delay, $salt, 'unfunded', $now,
               CASE WHEN EXISTS (SELECT 1 FROM channels o WHERE o.account_id = $account AND o.phase <> 'closed' AND o.stranded_at IS NULL) THEN $now END
        FROM accounts a WHERE a.account_id = $account AND NOT EXISTS (SELECT 1 FROM channels c WHERE c.channel = $channel)
        """);

    private readonly SqlStatement _ofAccount = statements.Prepare(
        ChannelRows.SelectChannel + " WHERE h.account_id = $account AND h.phase <> 'closed' AND h.stranded_at IS NULL");

    private readonly SqlStatement _addClaim = statements.Prepare(
        "INSERT INTO claims (transaction_id, channel, lt, hash) VALUES ($transaction, $channel, $lt, $hash)");

    private readonly SqlStatement _read = statements.Prepare(ChannelRows.SelectChannel + " WHERE h.channel = $channel");

    // What a provider is due is the sum of its entries; what the channel has paid is not in it any more, and what its stranded channels promise is promised.
    private readonly SqlStatement _addVoucher = statements.Prepare(
        """
        INSERT INTO vouchers (channel, serial, cumulative, context, covered_up_to, bytes, created_at)
        SELECT $channel, $serial, $cumulative, $context, $covered, $bytes, $now FROM channels h
        WHERE h.channel = $channel AND h.phase IN ('open', 'closing')
          AND $cumulative <= h.deposited - h.withdrawn - h.pending_withdraw
          AND $cumulative <= h.claimed + (SELECT coalesce(sum(e.amount), 0) FROM entries e WHERE e.account_id = h.account_id)
              - (SELECT coalesce(sum(o.promised - o.claimed), 0)
                 FROM (SELECT s.claimed, (SELECT coalesce(max(v.cumulative), 0) FROM vouchers v WHERE v.channel = s.channel) AS promised
                       FROM channels s WHERE s.account_id = h.account_id AND s.channel <> h.channel AND s.phase <> 'closed') o
                 WHERE o.promised > o.claimed)
          AND $serial = (SELECT coalesce(max(v.serial), 0) + 1 FROM vouchers v WHERE v.channel = $channel)
          AND $cumulative > (SELECT coalesce(max(v.cumulative), 0) FROM vouchers v WHERE v.channel = $channel)
        """);

    private readonly SqlStatement _adoptVoucher = statements.Prepare(
        """
        INSERT INTO vouchers (channel, serial, cumulative, context, covered_up_to, bytes, created_at)
        SELECT $channel, $serial, $cumulative, $context, $covered, $bytes, $now FROM channels h
        WHERE h.channel = $channel
          AND $serial > (SELECT coalesce(max(v.serial), 0) FROM vouchers v WHERE v.channel = $channel)
          AND $cumulative > (SELECT coalesce(max(v.cumulative), 0) FROM vouchers v WHERE v.channel = $channel)
        """);

    private readonly SqlStatement _abandon = statements.Prepare(
        """
        UPDATE channels SET phase = 'closed'
        WHERE channel = $channel AND phase = 'unfunded' AND NOT EXISTS (SELECT 1 FROM intents i WHERE i.destination = $channel)
          AND NOT EXISTS (SELECT 1 FROM vouchers v WHERE v.channel = $channel)
        """);

    private readonly SqlStatement _strand = statements.Prepare(
        "UPDATE channels SET stranded_at = $now WHERE channel = $channel AND phase <> 'closed' AND stranded_at IS NULL");

    private readonly SqlStatement _takeBack = statements.Prepare(
        """
        UPDATE channels SET stranded_at = NULL
        WHERE channel = $channel AND phase <> 'closed' AND NOT EXISTS
            (SELECT 1 FROM channels o WHERE o.account_id = channels.account_id AND o.channel <> channels.channel AND o.phase <> 'closed' AND o.stranded_at IS NULL)
        """);

    private readonly SqlStatement _apply = statements.Prepare(
        """
        UPDATE channels SET phase = $phase, deposited = $deposited, claimed = $claimed, withdrawn = $withdrawn, pending_withdraw = $pending,
                            unlock_time = $unlock, seqno = $seqno, last_lt = $lt
        WHERE channel = $channel AND seqno <= $seqno AND last_lt <= $lt AND deposited <= $deposited AND claimed <= $claimed AND withdrawn <= $withdrawn
          AND (phase <> 'closed' OR $phase = 'closed')
        """);

    public WorkerChannel Open(WorkerChannel channel, DateTimeOffset now)
    {
        _open.Run(
            ("$channel", channel.Channel),
            ("$account", channel.AccountId),
            ("$wallet", channel.Wallet),
            ("$payerKey", channel.PayerKey.ToArray()),
            ("$payee", channel.PayeeAddress),
            ("$payeeKey", channel.PayeeKey.ToArray()),
            ("$delay", channel.CloseDelay),
            ("$salt", channel.Salt),
            ("$now", now.ToUnixTimeMilliseconds()));
        return Rows.One(_ofAccount.Query(("$account", channel.AccountId)), ChannelRows.Channel)
            ?? throw new InvalidDataException("A channel of this address was closed: salts must be fresh.");
    }

    public bool TryTakeOver(WorkerChannel channel, StoredVoucher last, DateTimeOffset now)
    {
        bool added = _takeOver.Run(
            ("$channel", channel.Channel),
            ("$account", channel.AccountId),
            ("$wallet", channel.Wallet),
            ("$payerKey", channel.PayerKey.ToArray()),
            ("$payee", channel.PayeeAddress),
            ("$payeeKey", channel.PayeeKey.ToArray()),
            ("$delay", channel.CloseDelay),
            ("$salt", channel.Salt),
            ("$now", now.ToUnixTimeMilliseconds())) == 1;
        return added && Run(_adoptVoucher, last, now);
    }

    public bool TryAddVoucher(StoredVoucher voucher, DateTimeOffset now) => Run(_addVoucher, voucher, now);

    public bool TryAdoptVoucher(StoredVoucher voucher, DateTimeOffset now) => Run(_adoptVoucher, voucher, now);

    public bool TryAbandon(string channel) => _abandon.Run(("$channel", channel)) == 1;

    public bool TryStrand(string channel, DateTimeOffset now) => _strand.Run(("$channel", channel), ("$now", now.ToUnixTimeMilliseconds())) == 1;

    public bool TryTakeBack(string channel) => _takeBack.Run(("$channel", channel)) == 1;

    public bool TryApply(string address, ChannelSnapshot state, DateTimeOffset now)
    {
        if (Rows.One(_read.Query(("$channel", address)), ChannelRows.Channel) is not { } before
            || _apply.Run(ChannelRows.StateValues(address, state)) != 1)
        {
            return false;
        }

        Nano charged = state.Claimed - before.State.Claimed;
        if (charged > Nano.Zero)
        {
            // What was claimed so far names the event: it only grows.
            book.Credit(WellKnownAccounts.ChainChannels, charged);
            book.Book(
                ChainEvents.IdOf("claimed", address, state.Claimed.Value),
                TransactionKind.Transfer,
                "channel charged",
                now,
                (before.AccountId, -charged),
                (WellKnownAccounts.ChainChannels, charged));
            if (state.LastHash is { } hash && state.LastLt > 0)
            {
                _addClaim.Run(
                    ("$transaction", Values.Blob(ChainEvents.IdOf("claimed", address, state.Claimed.Value))),
                    ("$channel", address),
                    ("$lt", state.LastLt),
                    ("$hash", Convert.FromHexString(hash)));
            }
        }

        return true;
    }

    private static bool Run(SqlStatement insert, StoredVoucher voucher, DateTimeOffset now) => insert.Run(
        ("$channel", voucher.Channel),
        ("$serial", voucher.Serial),
        ("$cumulative", voucher.Cumulative.Value),
        ("$context", voucher.Context.ToArray()),
        ("$covered", voucher.CoveredUpTo),
        ("$bytes", voucher.Bytes.ToArray()),
        ("$now", now.ToUnixTimeMilliseconds())) == 1;
}
