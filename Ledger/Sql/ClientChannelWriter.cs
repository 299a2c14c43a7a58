using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Ledger.Entries;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Market;

namespace CocoonOrleans.Ledger.Sql;

/// <summary>Stores clients' channels and vouchers, and holds on them.</summary>
internal sealed class ClientChannelWriter(SqlStatements statements, BookWriter book, AccountWriter accounts)
{
    /// <summary>So many of the highest vouchers are kept; one that is as many serials behind the best is not looked at.</summary>
    private const long KeptVouchers = 1024;

    /// <summary>So many serials that were signed twice are kept as proof; one would do.</summary>
    private const long KeptForks = 16;

    private readonly SqlStatement _read = statements.Prepare(ClientChannelRows.Select + " WHERE k.channel = $channel");

    private readonly SqlStatement _count = statements.Prepare(
        "SELECT count(*) FROM client_channels WHERE account_id = $account AND phase <> 'closed'");

    private readonly SqlStatement _createAccount = statements.Prepare(
        "INSERT INTO accounts (account_id, class, label, created_at) VALUES ($receivable, 'treasury', 'what a client''s channel owes', $now)");

    private readonly SqlStatement _createPayer = statements.Prepare(
        "INSERT INTO payers (account_id, floor) VALUES ($receivable, -9223372036854775807)");

    private readonly SqlStatement _open = statements.Prepare(
        """
        INSERT INTO client_channels (channel, account_id, receivable, payer_address, payer_key, payee_address, payee_key, close_delay, salt, phase, created_at)
        VALUES ($channel, $account, $receivable, $payer, $payerKey, $payee, $payeeKey, $delay, $salt, 'unfunded', $now)
        """);

    private readonly SqlStatement _apply = statements.Prepare(
        """
        UPDATE client_channels SET phase = $phase, deposited = $deposited, claimed = $claimed, withdrawn = $withdrawn, pending_withdraw = $pending,
                                   unlock_time = $unlock, seqno = $seqno, last_lt = $lt
        WHERE channel = $channel AND seqno <= $seqno AND last_lt <= $lt AND deposited <= $deposited AND claimed <= $claimed AND withdrawn <= $withdrawn
          AND (phase <> 'closed' OR $phase = 'closed')
        """);

    private readonly SqlStatement _voucherOf = statements.Prepare("SELECT bytes FROM client_vouchers WHERE channel = $channel AND serial = $serial");

    private readonly SqlStatement _addVoucher = statements.Prepare(
        "INSERT INTO client_vouchers (channel, serial, cumulative, bytes, created_at) VALUES ($channel, $serial, $cumulative, $bytes, $now)");

    private readonly SqlStatement _addFork = statements.Prepare(
        """
        INSERT INTO voucher_forks (channel, serial, kept, other, created_at)
        SELECT $channel, $serial, $kept, $other, $now
        WHERE NOT EXISTS (SELECT 1 FROM voucher_forks WHERE channel = $channel AND serial = $serial)
          AND (SELECT count(*) FROM voucher_forks WHERE channel = $channel) < $most
        """);

    private readonly SqlStatement _setBest = statements.Prepare(
        """
        UPDATE client_channels SET voucher_serial = $serial, voucher = $cumulative, voucher_bytes = $bytes
        WHERE channel = $channel AND voucher < $cumulative
        """);

    private readonly SqlStatement _prune = statements.Prepare(
        """
        DELETE FROM client_vouchers
        WHERE channel = $channel
          AND cumulative < (SELECT cumulative FROM client_vouchers WHERE channel = $channel ORDER BY cumulative DESC LIMIT 1 OFFSET $kept - 1)
        """);

    private readonly SqlStatement _hold = statements.Prepare(
        """
        UPDATE client_channels SET held = held + $amount
        WHERE channel = $channel AND account_id = $account AND phase = 'open' AND pending_withdraw = 0
          AND captured + held + $amount <= voucher + $window AND captured + held + $amount <= deposited - withdrawn - pending_withdraw
          AND EXISTS (SELECT 1 FROM accounts WHERE account_id = $account AND class = 'client' AND closed_at IS NULL)
          AND (CAST($key AS TEXT) IS NULL OR EXISTS (SELECT 1 FROM api_keys WHERE key_id = $key AND account_id = $account AND revoked_at IS NULL))
        """);

    private readonly SqlStatement _settle = statements.Prepare(
        """
        UPDATE client_channels SET captured = captured + $charge, held = held - $hold, owed_since = CASE WHEN $charge > 0 AND (owed_since IS NULL OR captured <= claimed) THEN $now ELSE owed_since END
        WHERE channel = $channel AND held >= $hold
        """);

    private readonly SqlStatement _pay = statements.Prepare("UPDATE client_channels SET paid = $paid WHERE channel = $channel AND paid < $paid");

    public ClientChannel? Open(ClientChannel channel, int limit, DateTimeOffset now)
    {
        if (Find(channel.Channel) is { } existing)
        {
            return existing.AccountId == channel.AccountId ? existing : null;
        }

        if (accounts.Refuse(channel.AccountId, mayBeClosed: false, AccountClass.Client) is not null || Count(channel.AccountId) >= limit)
        {
            return null;
        }

        _createAccount.Run(("$receivable", channel.Receivable), ("$now", now.ToUnixTimeMilliseconds()));
        _createPayer.Run(("$receivable", channel.Receivable));
        _open.Run(
            ("$channel", channel.Channel),
            ("$account", channel.AccountId),
            ("$receivable", channel.Receivable),
            ("$payer", channel.PayerAddress),
            ("$payerKey", channel.PayerKey.ToArray()),
            ("$payee", channel.PayeeAddress),
            ("$payeeKey", channel.PayeeKey.ToArray()),
            ("$delay", channel.CloseDelay),
            ("$salt", channel.Salt),
            ("$now", now.ToUnixTimeMilliseconds()));
        return Find(channel.Channel);
    }

    public bool TryApply(string address, ChannelSnapshot state, DateTimeOffset now)
    {
        if (Find(address) is not { } before
            || _apply.Run(ChannelRows.StateValues(address, state)) != 1)
        {
            return false;
        }

        Nano early = state.Claimed - before.Paid;
        if (before.State.Phase == WorkerChannelPhase.Unfunded && early > Nano.Zero && _pay.Run(("$channel", address), ("$paid", state.Claimed.Value)) == 1)
        {
            // Charged before the channel was known: the coins came in as anybody's, and are the client's credit.
            if (!book.TryDebit(WellKnownAccounts.Treasury, early))
            {
                throw new InvalidDataException("The treasury can't owe that much.");
            }

            book.Credit(before.Receivable, early);
            book.Book(
                ChainEvents.IdOf("paid before", address, state.Claimed.Value),
                TransactionKind.Transfer,
                "charged before it was known",
                now,
                (WellKnownAccounts.Treasury, -early),
                (before.Receivable, early));
        }

        return true;
    }

    /// <summary>Stores a voucher of the account's channel. The highest one counts, in whatever order they come.</summary>
    /// <returns>Whether it is the second, other one of its serial.</returns>
    public bool Store(string account, string channel, ClientVoucher voucher, DateTimeOffset now)
    {
        if (Find(channel) is not { } known || known.AccountId != account)
        {
            return false;
        }

        // So far behind that the one of its serial is not kept any more: it is worth nothing, and proves nothing.
        if (voucher.Serial <= (known.Voucher?.Serial ?? 0) - KeptVouchers)
        {
            return false;
        }

        bool forked = false;
        if (Rows.One(_voucherOf.Query(("$channel", channel), ("$serial", voucher.Serial)), row => row.Bytes(0)) is { } kept)
        {
            forked = !kept.AsSpan().SequenceEqual(voucher.Bytes.Span);
            if (!forked)
            {
                return false;
            }

            _addFork.Run(
                ("$channel", channel), ("$serial", voucher.Serial), ("$kept", kept), ("$other", voucher.Bytes.ToArray()), ("$now", now.ToUnixTimeMilliseconds()), ("$most", KeptForks));
        }
        else if (voucher.Cumulative > (known.Voucher?.Cumulative ?? Nano.Zero))
        {
            _addVoucher.Run(
                ("$channel", channel),
                ("$serial", voucher.Serial),
                ("$cumulative", voucher.Cumulative.Value),
                ("$bytes", voucher.Bytes.ToArray()),
                ("$now", now.ToUnixTimeMilliseconds()));
        }

        if (_setBest.Run(
            ("$channel", channel), ("$serial", voucher.Serial), ("$cumulative", voucher.Cumulative.Value), ("$bytes", voucher.Bytes.ToArray())) == 1)
        {
            _prune.Run(("$channel", channel), ("$kept", KeptVouchers));
        }

        return forked;
    }

    /// <summary>Sets money aside where the channel is open and the best voucher, the window and what lies there cover it.</summary>
    public bool TryHold(PlaceHold hold) => _hold.Run(
        ("$channel", hold.Channel),
        ("$account", hold.AccountId),
        ("$key", hold.ApiKeyId),
        ("$amount", hold.Amount.Value),
        ("$window", hold.CreditWindow.Value)) == 1;

    /// <summary>Why a hold can't be placed, account and key aside.</summary>
    public ChannelRefused Refuse(PlaceHold hold, bool forked)
    {
        if (Find(hold.Channel!) is not { } channel || channel.AccountId != hold.AccountId)
        {
            return new ChannelRefused(null, ChannelRefusal.Unknown, Nano.Zero, forked);
        }

        if (channel.State.Phase != WorkerChannelPhase.Open || channel.State.PendingWithdraw > Nano.Zero)
        {
            return new ChannelRefused(channel, ChannelRefusal.NotOpen, Nano.Zero, forked);
        }

        Nano needed = channel.Captured + channel.Held + hold.Amount;
        Nano promised = (channel.Voucher?.Cumulative ?? Nano.Zero) + hold.CreditWindow;
        return promised < needed
            ? new ChannelRefused(channel, ChannelRefusal.VoucherTooLow, needed - promised, forked)
            : new ChannelRefused(channel, ChannelRefusal.DepositTooLow, needed - channel.State.Limit, forked);
    }

    /// <summary>Ends a hold on a channel: counts the charge, frees the rest.</summary>
    public void Settle(string channel, Nano hold, Nano charge, DateTimeOffset now)
    {
        if (_settle.Run(("$channel", channel), ("$hold", hold.Value), ("$charge", charge.Value), ("$now", now.ToUnixTimeMilliseconds())) != 1)
        {
            throw new InvalidDataException("A channel holds less than the sum of its open holds. Run the invariant check.");
        }
    }

    /// <summary>Counts coins of a client's channel that came in at the operator's wallet.</summary>
    /// <param name="channel">Who sent them, in raw form.</param>
    /// <param name="cumulative">All that the channel has paid with them, as it says.</param>
    /// <param name="received">What came in.</param>
    /// <returns>What it paid since the last time; null where it is no client's channel, or the numbers are none that it writes.</returns>
    public Nano? TryPay(string? channel, Nano cumulative, Nano received)
    {
        if (channel is null || Find(channel) is not { } known)
        {
            return null;
        }

        Nano paid = cumulative - known.Paid;
        return paid >= received && paid > Nano.Zero && _pay.Run(("$channel", channel), ("$paid", cumulative.Value)) == 1 ? paid : null;
    }

    private ClientChannel? Find(string channel) => Rows.One(_read.Query(("$channel", channel)), ClientChannelRows.Channel);

    private long Count(string account)
    {
        using System.Data.Common.DbDataReader row = _count.Query(("$account", account));
        row.Read();
        return row.GetInt64(0);
    }
}
