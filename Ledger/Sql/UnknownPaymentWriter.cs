using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Entries;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Ledger.Wallets;
using CocoonOrleans.Market;

namespace CocoonOrleans.Ledger.Sql;

/// <summary>
/// Keeps what left a wallet by no intent of the books, and books each such payment once when it is known what it was for. Until then it is booked as the
/// treasury's loss, from which each explanation takes it.
/// </summary>
internal sealed class UnknownPaymentWriter(SqlStatements statements, BookWriter book, DepositWriter deposits)
{
    private readonly SqlStatement _add = statements.Prepare(
        """
        INSERT INTO unknown_payments (wallet, message_lt, lt, hash, destination, value, body_hash, body, query_id, state, created_at)
        VALUES ($wallet, $message, $lt, $hash, $destination, $value, $bodyHash, $body, $query, 'open', $now)
        """);

    private readonly SqlStatement _return = statements.Prepare(
        """
        UPDATE unknown_payments SET returned = $amount
        WHERE state = 'open' AND wallet = $wallet AND message_lt =
            (SELECT min(message_lt) FROM unknown_payments
             WHERE wallet = $wallet AND query_id = $query AND destination = $source AND returned = 0 AND value >= $amount AND state = 'open')
        """);

    private readonly SqlStatement _read = statements.Prepare(WalletRows.SelectUnknown + " WHERE u.wallet = $wallet AND u.message_lt = $message AND u.state = 'open'");

    private readonly SqlStatement _explain = statements.Prepare(
        "UPDATE unknown_payments SET state = $state, account_id = $account, ended_at = $now WHERE wallet = $wallet AND message_lt = $message AND state = 'open'");

    private readonly SqlStatement _accept = statements.Prepare(
        """
        UPDATE unknown_payments SET state = 'accepted', ended_at = $now
        WHERE wallet = $wallet AND state = 'open' AND lt <= $lt AND EXISTS (SELECT 1 FROM wallets WHERE wallet = $wallet AND stopped_lt = $lt)
        """);

    private readonly SqlStatement _taken = statements.Prepare("SELECT 1 FROM intents WHERE query_id = $query AND sequence <> $sequence");

    private readonly SqlStatement _leave = statements.Prepare(
        """
        UPDATE intents SET value = $value, amount = $amount, state = $state, sent_by = $hash, message_lt = $message, ended_at = $ended
        WHERE sequence = $sequence AND wallet = $wallet AND state = 'waiting'
        """);

    private readonly SqlStatement _addSent = statements.Prepare(
        """
        INSERT INTO intents (intent_id, query_id, wallet, destination, value, amount, body, purpose, account_id, state, sent_by, message_lt, created_at, ended_at)
        VALUES ($intent, $query, $wallet, $destination, $value, $amount, $body, $purpose, $account, $state, $hash, $message, $now, $ended)
        """);

    public void Add(UnknownPayment payment, DateTimeOffset now) => _add.Run(
        ("$wallet", payment.Wallet),
        ("$message", payment.MessageLt),
        ("$lt", payment.Lt),
        ("$hash", payment.Hash.ToArray()),
        ("$destination", payment.Destination),
        ("$value", payment.Value.Value),
        ("$bodyHash", payment.BodyHash.ToArray()),
        ("$body", payment.Body?.ToArray()),
        ("$query", payment.QueryId),
        ("$now", now.ToUnixTimeMilliseconds()));

    /// <summary>Notes that a payment came back. Its coins are the treasury's again already.</summary>
    public void Return(string wallet, string source, long queryId, Nano amount) => _return.Run(
        ("$wallet", wallet), ("$source", source), ("$query", queryId), ("$amount", amount.Value));

    /// <summary>Counts all that is still unexplained as lost, as far as the transaction that stopped the wallet.</summary>
    public int Accept(string wallet, long stoppedLt, DateTimeOffset now) =>
        _accept.Run(("$wallet", wallet), ("$lt", stoppedLt), ("$now", now.ToUnixTimeMilliseconds()));

    /// <summary>Books a payment as what it was.</summary>
    /// <returns>False where it is explained already, or the books changed since the explanation was made.</returns>
    public bool TryExplain(string wallet, long messageLt, PaymentExplanation explanation, DateTimeOffset now)
    {
        if (Rows.One(_read.Query(("$wallet", wallet), ("$message", messageLt)), WalletRows.Unknown) is not { Body: { } body } payment)
        {
            return false;
        }

        Guid added = explanation.IntentId ?? ChainEvents.IdOf("reconciled", wallet, messageLt);
        long query = explanation.Waiting?.QueryId ?? payment.QueryId ?? PlaceIntent.QueryIdOf(added);
        if (IsTaken(query, explanation.Waiting?.Sequence ?? 0)
            || (explanation.Deposit is { } deposit && !deposits.CanReturn(deposit, payment.Value)))
        {
            return false;
        }

        bool isPayout = explanation.Kind is UnknownPaymentState.Payout or UnknownPaymentState.Refund;
        string? account = explanation.Kind == UnknownPaymentState.Refund ? WellKnownAccounts.Suspense : explanation.AccountId ?? explanation.Waiting?.AccountId;
        Nano amount = isPayout ? payment.Value : explanation.Kind == UnknownPaymentState.TopUp ? explanation.Deposited : Nano.Zero;
        IntentState state = isPayout ? IntentState.Delivered : payment.Returned > Nano.Zero ? IntentState.Bounced : IntentState.Sent;
        long? ended = state == IntentState.Sent ? null : now.ToUnixTimeMilliseconds();
        int changed = explanation.Waiting is { } waiting
            ? _leave.Run(
                ("$sequence", waiting.Sequence),
                ("$wallet", wallet),
                ("$value", payment.Value.Value),
                ("$amount", amount.Value),
                ("$state", Values.Name(state)),
                ("$hash", payment.Hash.ToArray()),
                ("$message", messageLt),
                ("$ended", ended))
            : _addSent.Run(
                ("$intent", Values.Blob(added)),
                ("$query", query),
                ("$wallet", wallet),
                ("$destination", payment.Destination),
                ("$value", payment.Value.Value),
                ("$amount", amount.Value),
                ("$body", body.ToArray()),
                ("$purpose", Values.Name(isPayout ? IntentPurpose.Payout : explanation.Kind == UnknownPaymentState.TopUp ? IntentPurpose.TopUp : IntentPurpose.ChannelCall)),
                ("$account", isPayout ? account : null),
                ("$state", Values.Name(state)),
                ("$hash", payment.Hash.ToArray()),
                ("$message", messageLt),
                ("$now", now.ToUnixTimeMilliseconds()),
                ("$ended", ended));
        if (changed != 1)
        {
            return false;
        }

        if (explanation.Deposit is { } returned)
        {
            deposits.Return(returned, now);
        }

        Once(_explain.Run(
            ("$wallet", wallet),
            ("$message", messageLt),
            ("$state", Values.Name(explanation.Kind)),
            ("$account", account),
            ("$now", now.ToUnixTimeMilliseconds())));
        switch (explanation.Kind)
        {
            case UnknownPaymentState.Payout:
                // What waited is in flight; what was sent may be another amount, for the book that sent it knew of other earnings.
                Nano inFlight = explanation.Waiting?.Amount ?? Nano.Zero;
                Move(payment, "waited", WellKnownAccounts.PayoutsInFlight, WellKnownAccounts.Treasury, inFlight, "payout sent", now);
                Move(payment, "paid", account!, WellKnownAccounts.Treasury, payment.Value - inFlight, "payout", now, explanation.Waiting is null ? added : null);
                break;
            case UnknownPaymentState.Refund:
                string from = explanation.Waiting is null ? WellKnownAccounts.Suspense : WellKnownAccounts.PayoutsInFlight;
                Move(payment, "refunded", from, WellKnownAccounts.Treasury, payment.Value, "deposit sent back", now);
                break;
            default:
                Nano kept = payment.Returned > Nano.Zero ? Nano.Zero : amount;
                Move(payment, "topped up", WellKnownAccounts.ChainChannels, WellKnownAccounts.Treasury, kept, "channel topped up", now);
                Move(payment, "gas", WellKnownAccounts.ChainFees, WellKnownAccounts.Treasury, payment.Value - kept - payment.Returned, "gas sent along", now);
                break;
        }

        return true;
    }

    private bool IsTaken(long query, long sequence)
    {
        using var row = _taken.Query(("$query", query), ("$sequence", sequence));
        return row.Read();
    }

    /// <summary>Moves an amount; a negative one the other way. A provider's balance is the sum of its entries: it may fall below zero where the book forgot what it earned.</summary>
    private void Move(UnknownPayment payment, string what, string debited, string credited, Nano amount, string reason, DateTimeOffset now, Guid? id = null)
    {
        if (amount == Nano.Zero)
        {
            return;
        }

        if (amount < Nano.Zero)
        {
            (debited, credited, amount) = (credited, debited, -amount);
        }

        if (!book.TryDebit(debited, amount) && book.Shortfall(debited, amount) is not null)
        {
            throw new InvalidDataException($"{debited} has less than what left. Run the invariant check.");
        }

        book.Credit(credited, amount);
        book.Book(
            id ?? ChainEvents.IdOf($"reconciled {what}", payment.Wallet, payment.MessageLt),
            TransactionKind.Transfer,
            reason,
            now,
            (debited, -amount),
            (credited, amount));
    }

    private static void Once(int rows)
    {
        if (rows != 1)
        {
            throw new InvalidDataException("A payment was explained twice.");
        }
    }
}
