using System.Data.Common;
using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Entries;
using CocoonOrleans.Ledger.Operations;

namespace CocoonOrleans.Ledger.Sql;

/// <summary>Moves money between two accounts, once for each transaction id.</summary>
internal sealed class TransferWriter(SqlStatements statements, BookWriter book, AccountWriter accounts, bool allowTreasury)
{
    private readonly SqlStatement _legs = statements.Prepare(Rows.SelectEntry + " WHERE e.transaction_id = $transaction ORDER BY e.amount");

    private readonly SqlStatement _exists = statements.Prepare("SELECT 1 FROM transactions WHERE transaction_id = $transaction");

    public LedgerResult Move(Transfer operation, DateTimeOffset now)
    {
        byte[] id = Values.Blob(operation.TransactionId);
        if (Exists(id))
        {
            return IsSame(id, operation) ? new Transferred(Repeated: true) : new IdReused();
        }

        if (operation.From == WellKnownAccounts.Treasury && !allowTreasury)
        {
            return new AccountRefused(operation.From, AccountRefusal.TreasuryClosed);
        }

        LedgerResult? refused = accounts.Refuse(operation.From, mayBeClosed: true, AccountClass.Client, AccountClass.Grants, AccountClass.Treasury)
            ?? accounts.Refuse(operation.To, mayBeClosed: false, Enum.GetValues<AccountClass>());
        if (refused is not null)
        {
            return refused;
        }

        if (!book.TryDebit(operation.From, operation.Amount))
        {
            return book.Shortfall(operation.From, operation.Amount)!;
        }

        book.Credit(operation.To, operation.Amount);
        book.Book(
            operation.TransactionId, TransactionKind.Transfer, operation.Reason, now, (operation.From, -operation.Amount), (operation.To, operation.Amount));
        return new Transferred(Repeated: false);
    }

    private bool Exists(byte[] id)
    {
        using DbDataReader row = _exists.Query(("$transaction", id));
        return row.Read();
    }

    private bool IsSame(byte[] id, Transfer operation)
    {
        using DbDataReader rows = _legs.Query(("$transaction", id));
        List<LedgerEntry> legs = [];
        while (rows.Read())
        {
            legs.Add(Rows.Entry(rows));
        }

        return legs is [{ Kind: TransactionKind.Transfer } payer, var payee]
            && payer.Reason == operation.Reason
            && (payer.AccountId, payer.Amount) == (operation.From, -operation.Amount)
            && (payee.AccountId, payee.Amount) == (operation.To, operation.Amount);
    }
}
