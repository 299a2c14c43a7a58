using System.Data.Common;
using CocoonOrleans.Ledger.Entries;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Market;

namespace CocoonOrleans.Ledger.Sql;

/// <summary>Moves money: the payers' rows by predicates, and the legs of transactions.</summary>
internal sealed class BookWriter(SqlStatements statements)
{
    private readonly SqlStatement _payer = statements.Prepare("SELECT balance, held, floor FROM payers WHERE account_id = $account");

    private readonly SqlStatement _debit = statements.Prepare(
        "UPDATE payers SET balance = balance - $amount WHERE account_id = $account AND balance - held >= floor + $amount");

    private readonly SqlStatement _credit = statements.Prepare("UPDATE payers SET balance = balance + $amount WHERE account_id = $account");

    private readonly SqlStatement _hold = statements.Prepare(
        """
        UPDATE payers SET held = held + $amount
        WHERE account_id = $account AND balance - held >= floor + $amount
          AND EXISTS (SELECT 1 FROM accounts WHERE account_id = $account AND class = 'client' AND closed_at IS NULL)
          AND (CAST($key AS TEXT) IS NULL OR EXISTS (SELECT 1 FROM api_keys WHERE key_id = $key AND account_id = $account AND revoked_at IS NULL))
        """);

    private readonly SqlStatement _settle = statements.Prepare(
        "UPDATE payers SET balance = balance - $charge, held = held - $hold WHERE account_id = $account AND held >= $hold");

    private readonly SqlStatement _leg = statements.Prepare(
        "INSERT INTO entries (transaction_id, account_id, amount) VALUES ($transaction, $account, $amount)");

    private readonly SqlStatement _seal = statements.Prepare(
        "INSERT INTO transactions (transaction_id, kind, reason, created_at) VALUES ($transaction, $kind, $reason, $now)");

    /// <summary>Sets money aside where the account is an open client with enough, and the key, if any, is good.</summary>
    public bool TryHold(string account, string? key, Nano amount) =>
        _hold.Run(("$account", account), ("$key", key), ("$amount", amount.Value)) == 1;

    /// <summary>Ends a hold: takes the charge, frees the rest.</summary>
    public void Settle(string account, Nano hold, Nano charge)
    {
        if (_settle.Run(("$account", account), ("$hold", hold.Value), ("$charge", charge.Value)) != 1)
        {
            throw new InvalidDataException("A payer holds less than the sum of its open holds. Run the invariant check.");
        }
    }

    /// <summary>Takes money where there is enough.</summary>
    public bool TryDebit(string account, Nano amount) => _debit.Run(("$account", account), ("$amount", amount.Value)) == 1;

    /// <summary>Adds to a payer's balance; for any other account its entries are the balance.</summary>
    public void Credit(string account, Nano amount) => _credit.Run(("$account", account), ("$amount", amount.Value));

    /// <summary>What a payer lacks for an amount; null where the account pays nothing ever.</summary>
    public InsufficientBalance? Shortfall(string account, Nano amount)
    {
        using DbDataReader row = _payer.Query(("$account", account));
        if (!row.Read())
        {
            return null;
        }

        (Nano balance, Nano held, Nano floor) = (row.Nano(0), row.Nano(1), row.Nano(2));
        return new InsufficientBalance(balance, held, amount - (balance - held - floor));
    }

    /// <summary>Adds a transaction. SQL refuses it if the legs don't sum to zero; a leg of nothing is left out.</summary>
    public void Book(
        Guid transaction, TransactionKind kind, string reason, DateTimeOffset now, params ReadOnlySpan<(string Account, Nano Amount)> legs)
    {
        byte[] id = Values.Blob(transaction);
        foreach ((string account, Nano amount) in legs)
        {
            if (amount != Nano.Zero)
            {
                _leg.Run(("$transaction", id), ("$account", account), ("$amount", amount.Value));
            }
        }

        _seal.Run(("$transaction", id), ("$kind", Values.Name(kind)), ("$reason", reason), ("$now", now.ToUnixTimeMilliseconds()));
    }
}
