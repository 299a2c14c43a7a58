using System.Data.Common;
using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Ledger.Deposits;
using CocoonOrleans.Ledger.Entries;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Ledger.Wallets;
using CocoonOrleans.Market;

namespace CocoonOrleans.Ledger.Sql;

/// <summary>Places intents, stores what wallets sign, and takes their transactions into the books.</summary>
internal sealed class WalletWriter(
    SqlStatements statements, BookWriter book, AccountWriter accounts, DepositWriter deposits, ClientChannelWriter channels, UnknownPaymentWriter unknown)
{
    private readonly SqlStatement _readIntent = statements.Prepare(WalletRows.SelectIntent + " WHERE i.query_id = $query");

    private readonly SqlStatement _readByQuery = statements.Prepare(WalletRows.SelectIntent + " WHERE i.query_id = $query AND i.wallet = $wallet");

    private readonly SqlStatement _placeIntent = statements.Prepare(
        """
        INSERT INTO intents (intent_id, query_id, wallet, destination, value, amount, body, init, purpose, account_id, state, created_at)
        VALUES ($intent, $query, $wallet, $destination, $value, $amount, $body, $init, $purpose, $account, 'waiting', $now)
        """);

    // All writers are one: what a provider has can't change between this and the leg that takes it.
    // What vouchers promise and the chain hasn't paid is promised: a transfer of it would pay twice.
    private readonly SqlStatement _earned = statements.Prepare(
        """
        SELECT (SELECT coalesce(sum(amount), 0) FROM entries WHERE account_id = $account)
             - (SELECT coalesce(sum(promised - claimed), 0)
                FROM (SELECT h.claimed, (SELECT coalesce(max(v.cumulative), 0) FROM vouchers v WHERE v.channel = h.channel) AS promised
                      FROM channels h WHERE h.account_id = $account AND h.phase <> 'closed') p
                WHERE promised > claimed)
        """);

    private readonly SqlStatement _openWallet = statements.Prepare(
        """
        INSERT INTO wallets (wallet, cursor_lt, cursor_hash, balance, opened_at) VALUES ($wallet, $lt, $hash, $balance, $now) ON CONFLICT DO NOTHING
        """);

    private readonly SqlStatement _moveCursor = statements.Prepare(
        """
        UPDATE wallets SET cursor_lt = $lt, cursor_hash = $hash, balance = balance + $change
        WHERE wallet = $wallet AND cursor_lt = $previous AND $lt > cursor_lt
        """);

    private readonly SqlStatement _readCursor = statements.Prepare(WalletRows.SelectCursor + " WHERE w.wallet = $wallet");

    private readonly SqlStatement _addSend = statements.Prepare(
        """
        INSERT INTO wallet_sends (wallet, seqno, attempt, valid_until, body_hash, message, state, created_at)
        SELECT $wallet, $seqno, $attempt, $until, $body, $message, 'open', $now
        WHERE EXISTS (SELECT 1 FROM wallets WHERE wallet = $wallet AND cursor_lt = $cursor AND stopped_lt IS NULL)
          AND NOT EXISTS (SELECT 1 FROM wallet_sends WHERE wallet = $wallet
                          AND (state = 'open' OR (state IN ('run', 'foreign') AND seqno >= $seqno) OR (seqno = $seqno AND attempt >= $attempt)))
        """);

    private readonly SqlStatement _stop = statements.Prepare("UPDATE wallets SET stopped_lt = $lt WHERE wallet = $wallet");

    private readonly SqlStatement _resume = statements.Prepare(
        """
        UPDATE wallets SET stopped_lt = NULL
        WHERE wallet = $wallet AND stopped_lt IS NOT NULL AND stopped_lt = $lt
          AND NOT EXISTS (SELECT 1 FROM unknown_payments WHERE wallet = $wallet AND state = 'open')
        """);

    private readonly SqlStatement _carry = statements.Prepare(
        "INSERT INTO wallet_send_intents (wallet, seqno, attempt, position, sequence) VALUES ($wallet, $seqno, $attempt, $position, $sequence)");

    private readonly SqlStatement _setSigned = statements.Prepare(
        "UPDATE intents SET state = 'signed' WHERE sequence = $sequence AND wallet = $wallet AND state = 'waiting'");

    private readonly SqlStatement _endSend = statements.Prepare(
        "UPDATE wallet_sends SET state = $state WHERE wallet = $wallet AND seqno = $seqno AND attempt = $attempt AND state = 'open'");

    private readonly SqlStatement _setRun = statements.Prepare(
        "UPDATE wallet_sends SET state = 'run' WHERE wallet = $wallet AND seqno = $seqno AND attempt = $attempt AND state <> 'run'");

    private readonly SqlStatement _waitAgain = statements.Prepare(
        """
        UPDATE intents SET state = 'waiting', skips = skips + $skips
        WHERE state = 'signed' AND sequence IN
            (SELECT sequence FROM wallet_send_intents WHERE wallet = $wallet AND seqno = $seqno AND attempt = $attempt)
        """);

    private readonly SqlStatement _setSent = statements.Prepare(
        """
        UPDATE intents SET state = $state, sent_by = $hash, message_lt = $message, ended_at = $ended
        WHERE sequence = $sequence AND state IN ('waiting', 'signed')
        """);

    private readonly SqlStatement _end = statements.Prepare(
        """
        UPDATE intents SET state = $state, exit_code = $exit, ended_at = $now
        WHERE intent_id = $intent AND ended_at IS NULL AND (state = 'sent' OR (state = 'bounced' AND $state = 'bounced'))
        """);

    private readonly SqlStatement _setBounced = statements.Prepare("UPDATE intents SET state = 'bounced' WHERE sequence = $sequence AND state = 'sent'");

    private readonly SqlStatement _toppedUp = statements.Prepare(
        "SELECT 1 FROM intents WHERE destination = $destination AND wallet = $wallet AND purpose = 'topup' AND message_lt IS NOT NULL LIMIT 1");

    public LedgerResult Place(PlaceIntent operation, DateTimeOffset now)
    {
        if (Read(operation.IntentId) is { } existing)
        {
            return IsSame(existing, operation) ? new IntentPlaced(existing, Repeated: true) : new IdReused();
        }

        if (operation.AccountId is { } provider)
        {
            // Who has earned is paid, though its account be closed meanwhile.
            if (accounts.Refuse(provider, mayBeClosed: true, AccountClass.Provider) is { } refused)
            {
                return refused;
            }

            Nano earned = Earned(provider);
            if (earned < operation.Amount)
            {
                return new InsufficientBalance(earned, Nano.Zero, operation.Amount - earned);
            }

            book.Credit(WellKnownAccounts.PayoutsInFlight, operation.Amount);
            book.Book(
                operation.IntentId, TransactionKind.Transfer, "payout", now, (provider, -operation.Amount), (WellKnownAccounts.PayoutsInFlight, operation.Amount));
        }

        Insert(operation, now);
        return new IntentPlaced(Read(operation.IntentId)!, Repeated: false);
    }

    /// <summary>Sends a deposit back. Its money is in flight already.</summary>
    public LedgerResult Refund(RefundDeposit operation, DateTimeOffset now)
    {
        if (deposits.BeginRefund(operation, out Deposit? deposit, now) is { } result)
        {
            return result;
        }

        Insert(
            new PlaceIntent
            {
                IntentId = RefundDeposit.IntentIdOf(operation.Sequence),
                Wallet = deposit!.Wallet,
                Destination = operation.Destination,
                Value = deposit.Amount,
                Amount = deposit.Amount,
                Body = operation.Body,
                Purpose = IntentPurpose.Payout,
                AccountId = WellKnownAccounts.Suspense,
            },
            now);
        return new DepositSettled(deposit, Repeated: false);
    }

    public bool Open(string wallet, WalletCursor cursor, DateTimeOffset now)
    {
        bool opened = _openWallet.Run(
            ("$wallet", wallet),
            ("$lt", cursor.Lt),
            ("$hash", cursor.Hash.ToArray()),
            ("$balance", cursor.Balance.Value),
            ("$now", now.ToUnixTimeMilliseconds())) == 1;
        if (opened)
        {
            Move("opening", wallet, cursor.Lt, WellKnownAccounts.ChainOperator, WellKnownAccounts.Treasury, cursor.Balance, "coins found in a wallet", now);
        }

        return opened;
    }

    public bool TryAddSend(WalletSend send, long cursorLt, IReadOnlyList<Intent> intents, DateTimeOffset now)
    {
        bool added = _addSend.Run(
            ("$wallet", send.Wallet),
            ("$seqno", send.Seqno),
            ("$attempt", (long)send.Attempt),
            ("$until", send.ValidUntil),
            ("$body", send.BodyHash.ToArray()),
            ("$message", send.Message.ToArray()),
            ("$cursor", cursorLt),
            ("$now", now.ToUnixTimeMilliseconds())) == 1;
        if (!added)
        {
            return false;
        }

        for (int i = 0; i < intents.Count; i++)
        {
            Once(_setSigned.Run(("$sequence", intents[i].Sequence), ("$wallet", send.Wallet)), "An intent does not wait any more.");
            _carry.Run(
                ("$wallet", send.Wallet), ("$seqno", send.Seqno), ("$attempt", (long)send.Attempt), ("$position", (long)i), ("$sequence", intents[i].Sequence));
        }

        return true;
    }

    public bool TryResume(string wallet, long stoppedLt) => _resume.Run(("$wallet", wallet), ("$lt", stoppedLt)) == 1;

    public bool TryEndSend(WalletSend send, SendEnd end)
    {
        bool ended = _endSend.Run(
            ("$wallet", send.Wallet), ("$seqno", send.Seqno), ("$attempt", (long)send.Attempt), ("$state", Values.Name(end))) == 1;
        if (ended)
        {
            WaitAgain(send, skips: 0);
        }

        return ended;
    }

    public WalletCursor? TryApply(WalletStep step, DateTimeOffset now)
    {
        Nano unknownValue = step.Unknown.Aggregate(Nano.Zero, (sum, payment) => sum + payment.Value);
        Nano spent = step.Sent.Aggregate(step.Fees + unknownValue, (sum, sent) => sum + sent.Intent.Value);
        if (_moveCursor.Run(
            ("$wallet", step.Wallet),
            ("$previous", step.PreviousLt),
            ("$lt", step.Lt),
            ("$hash", step.Hash.ToArray()),
            ("$change", (step.Received - spent).Value)) != 1)
        {
            return null;
        }

        foreach (UnknownPayment payment in step.Unknown)
        {
            unknown.Add(payment, now);
        }

        if (step.IsOfUnknownBytes || step.Unknown.Count > 0)
        {
            _stop.Run(("$wallet", step.Wallet), ("$lt", step.Lt));
        }

        Pay(step, "fees", WellKnownAccounts.ChainFees, step.Fees, "chain fees", now);
        Pay(step, "others", WellKnownAccounts.Treasury, unknownValue, "sent by no intent of the book", now);
        Receive(step, now);
        if (step.Send is { } send)
        {
            _setRun.Run(("$wallet", send.Wallet), ("$seqno", send.Seqno), ("$attempt", (long)send.Attempt));
            foreach (SentIntent sent in step.Sent)
            {
                Leave(step, sent, now);
            }

            WaitAgain(send, skips: 1);
        }

        return Rows.One(_readCursor.Query(("$wallet", step.Wallet)), WalletRows.Cursor);
    }

    public void End(Guid intentId, bool bounced, int? exitCode, DateTimeOffset now) => _end.Run(
        ("$intent", Values.Blob(intentId)),
        ("$state", Values.Name(bounced ? IntentState.Bounced : IntentState.Delivered)),
        ("$exit", exitCode),
        ("$now", now.ToUnixTimeMilliseconds()));

    private void Leave(WalletStep step, SentIntent sent, DateTimeOffset now)
    {
        Intent intent = sent.Intent;
        bool isFinal = intent.Purpose == IntentPurpose.Payout;
        Once(
            _setSent.Run(
                ("$sequence", intent.Sequence),
                ("$state", Values.Name(isFinal ? IntentState.Delivered : IntentState.Sent)),
                ("$hash", step.Hash.ToArray()),
                ("$message", sent.MessageLt),
                ("$ended", isFinal ? now.ToUnixTimeMilliseconds() : null)),
            "A message left twice.");
        string what = $"sent {intent.QueryId}";
        switch (intent.Purpose)
        {
            case IntentPurpose.Payout:
                if (!book.TryDebit(WellKnownAccounts.PayoutsInFlight, intent.Amount))
                {
                    throw new InvalidDataException("Less is in flight than its payouts. Run the invariant check.");
                }

                book.Credit(WellKnownAccounts.ChainOperator, intent.Amount);
                book.Book(
                    ChainEvents.IdOf(what, step.Wallet, step.Lt),
                    TransactionKind.Transfer,
                    "payout sent",
                    now,
                    (WellKnownAccounts.PayoutsInFlight, -intent.Amount),
                    (WellKnownAccounts.ChainOperator, intent.Amount));
                break;
            case IntentPurpose.TopUp:
                Pay(step, what, WellKnownAccounts.ChainChannels, intent.Amount, "channel topped up", now);
                Pay(step, $"gas {intent.QueryId}", WellKnownAccounts.ChainFees, intent.Value - intent.Amount, "gas sent along", now);
                break;
            default:
                Pay(step, $"gas {intent.QueryId}", WellKnownAccounts.ChainFees, intent.Value, "gas sent along", now);
                break;
        }
    }

    private void Receive(WalletStep step, DateTimeOffset now)
    {
        switch (step.Receipt)
        {
            case WalletReceipt.Excess:
                Take(step, "excess", WellKnownAccounts.ChainFees, step.Received, "gas returned", now);
                break;
            case WalletReceipt.ChannelRefund when IsChannel(step):
                Take(step, "refund", WellKnownAccounts.ChainChannels, step.Received, "returned by a channel", now);
                break;
            case WalletReceipt.Bounced when step.BouncedQueryId is { } query && ReadByQuery(query, step.Wallet) is { } intent:
                // The deposit was not made, and what is missing of it was the way's.
                Take(step, "bounced", WellKnownAccounts.ChainChannels, intent.Amount, "top-up refused", now);
                Take(step, "bounced gas", WellKnownAccounts.ChainFees, step.Received - intent.Amount, "gas returned", now);
                _setBounced.Run(("$sequence", intent.Sequence));
                break;
            case WalletReceipt.ChannelPaid when step.PaidCumulative is { } cumulative && channels.TryPay(step.Source, cumulative, step.Received) is { } paid:
                // What the channel paid and didn't come in was the way's.
                string receivable = ClientChannel.ReceivableOf(step.Source!);
                Take(step, "paid", receivable, step.Received, "channel charged", now);
                Move("paid way", step.Wallet, step.Lt, WellKnownAccounts.ChainFees, receivable, paid - step.Received, "chain fees", now);
                break;
            case WalletReceipt.Coins when step.Deposits is { } rules && step.Received > Nano.Zero && IsDeposit(step):
                Take(step, "deposit", deposits.Receive(step, rules, now), step.Received, "deposit", now);
                break;
            case WalletReceipt.Bounced when step is { BouncedQueryId: { } query, Source: { } source }:
                unknown.Return(step.Wallet, source, query, step.Received);
                Take(step, "received", WellKnownAccounts.Treasury, step.Received, "coins received", now);
                break;
            default:
                Take(step, "received", WellKnownAccounts.Treasury, step.Received, "coins received", now);
                break;
        }
    }

    /// <summary>Whether the coins are a client's, or may be. The operator's own come from its wallets' keys with a word for it.</summary>
    private static bool IsDeposit(WalletStep step) => step.Note != TransferNote.Other && step.Comment?.Trim() != DepositRules.CapitalComment;

    private void Insert(PlaceIntent operation, DateTimeOffset now) => _placeIntent.Run(
            ("$intent", Values.Blob(operation.IntentId)),
            ("$query", PlaceIntent.QueryIdOf(operation.IntentId)),
            ("$wallet", operation.Wallet),
            ("$destination", operation.Destination),
            ("$value", operation.Value.Value),
            ("$amount", operation.Amount.Value),
            ("$body", operation.Body.ToArray()),
            ("$init", operation.Init?.ToArray()),
            ("$purpose", Values.Name(operation.Purpose)),
            ("$account", operation.AccountId),
            ("$now", now.ToUnixTimeMilliseconds()));

    private void Pay(WalletStep step, string what, string to, Nano amount, string reason, DateTimeOffset now) =>
        Move(what, step.Wallet, step.Lt, to, WellKnownAccounts.ChainOperator, amount, reason, now);

    private void Take(WalletStep step, string what, string from, Nano amount, string reason, DateTimeOffset now) =>
        Move(what, step.Wallet, step.Lt, WellKnownAccounts.ChainOperator, from, amount, reason, now);

    /// <summary>Moves an amount from one account of the outside world to another; a negative one the other way.</summary>
    private void Move(string what, string wallet, long lt, string debited, string credited, Nano amount, string reason, DateTimeOffset now)
    {
        if (amount == Nano.Zero)
        {
            return;
        }

        if (amount < Nano.Zero)
        {
            (debited, credited, amount) = (credited, debited, -amount);
        }

        if (!book.TryDebit(debited, amount))
        {
            throw new InvalidDataException($"{debited} can't owe that much.");
        }

        book.Credit(credited, amount);
        book.Book(ChainEvents.IdOf(what, wallet, lt), TransactionKind.Transfer, reason, now, (debited, -amount), (credited, amount));
    }

    private void WaitAgain(WalletSend send, long skips) => _waitAgain.Run(
        ("$wallet", send.Wallet), ("$seqno", send.Seqno), ("$attempt", (long)send.Attempt), ("$skips", skips));

    /// <summary>Whether the coins come from where we deposited: anyone can write what a channel writes.</summary>
    private bool IsChannel(WalletStep step)
    {
        using DbDataReader row = _toppedUp.Query(("$destination", step.Source), ("$wallet", step.Wallet));
        return row.Read();
    }

    private Nano Earned(string provider)
    {
        using DbDataReader row = _earned.Query(("$account", provider));
        row.Read();
        return row.Nano(0);
    }

    /// <summary>By the number that follows from the id: that is how a message is known that left before the book forgot it.</summary>
    private Intent? Read(Guid intentId) => Rows.One(_readIntent.Query(("$query", PlaceIntent.QueryIdOf(intentId))), WalletRows.Intent);

    private Intent? ReadByQuery(long queryId, string wallet) => Rows.One(_readByQuery.Query(("$query", queryId), ("$wallet", wallet)), WalletRows.Intent);

    private static bool IsSame(Intent intent, PlaceIntent operation) =>
        (intent.Wallet, intent.Destination, intent.Value, intent.Amount, intent.Purpose, intent.AccountId)
            == (operation.Wallet, operation.Destination, operation.Value, operation.Amount, operation.Purpose, operation.AccountId)
        && intent.Body.Span.SequenceEqual(operation.Body.Span)
        && (intent.Init ?? default).Span.SequenceEqual((operation.Init ?? default).Span);

    private static void Once(int rows, string message)
    {
        if (rows != 1)
        {
            throw new InvalidDataException(message);
        }
    }
}
