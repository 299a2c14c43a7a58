using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Deposits;
using CocoonOrleans.Ledger.Entries;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Ledger.Wallets;
using CocoonOrleans.Market;
using CocoonOrleans.Market.Accounts;

namespace CocoonOrleans.Ledger.Sql;

/// <summary>Gives accounts their memos, decides whose a deposit is, and settles what waits.</summary>
internal sealed class DepositWriter(SqlStatements statements, BookWriter book, AccountWriter accounts)
{
    private readonly SqlStatement _memo = statements.Prepare("SELECT memo FROM deposit_memos WHERE account_id = $account");

    private readonly SqlStatement _addMemo = statements.Prepare(
        "INSERT INTO deposit_memos (memo, account_id, created_at) VALUES ($memo, $account, $now) ON CONFLICT DO NOTHING");

    private readonly SqlStatement _accountOf = statements.Prepare("SELECT account_id FROM deposit_memos WHERE memo = $memo");
    private readonly SqlStatement _account = statements.Prepare(Rows.SelectAccount + " WHERE a.account_id = $account");
    private readonly SqlStatement _read = statements.Prepare(DepositRows.Select + " WHERE d.sequence = $sequence");

    private readonly SqlStatement _add = statements.Prepare(
        """
        INSERT INTO deposits (wallet, lt, hash, source, amount, comment, account_id, state, reason, created_at, ended_at)
        VALUES ($wallet, $lt, $hash, $source, $amount, $comment, $account, $state, $reason, $now, $ended)
        """);

    private readonly SqlStatement _settle = statements.Prepare(
        "UPDATE deposits SET state = $state, account_id = $account, ended_at = $now WHERE sequence = $sequence AND state = 'suspense'");

    public LedgerResult CreateMemo(CreateDepositMemo operation, DateTimeOffset now)
    {
        if (FindMemo(operation.AccountId) is { } memo)
        {
            return new DepositMemoGiven(memo);
        }

        if (accounts.Refuse(operation.AccountId, mayBeClosed: false, AccountClass.Client) is { } refused)
        {
            return refused;
        }

        _addMemo.Run(("$memo", operation.Memo), ("$account", operation.AccountId), ("$now", now.ToUnixTimeMilliseconds()));
        return FindMemo(operation.AccountId) is { } given ? new DepositMemoGiven(given) : new IdReused();
    }

    /// <summary>Decides whose the coins of a step are, and keeps them among the deposits. The money is moved by who calls.</summary>
    /// <returns>The account to credit.</returns>
    public string Receive(WalletStep step, DepositRules rules, DateTimeOffset now)
    {
        string? owner = DepositMemo.Find(step.Comment) is { } memo ? FindAccount(memo) : null;
        SuspenseReason? reason = owner is null ? ReasonOf(step) : Obstacle(owner, step.Received, rules);
        string? comment = step.Comment is { Length: > Deposit.MaxCommentLength } longer ? longer[..Deposit.MaxCommentLength] : step.Comment;
        _add.Run(
            ("$wallet", step.Wallet),
            ("$lt", step.Lt),
            ("$hash", step.Hash.ToArray()),
            ("$source", step.Source ?? ""),
            ("$amount", step.Received.Value),
            ("$comment", comment),
            ("$account", owner),
            ("$state", Values.Name(reason is null ? DepositState.Credited : DepositState.Suspense)),
            ("$reason", reason is { } why ? Values.Name(why) : null),
            ("$now", now.ToUnixTimeMilliseconds()),
            ("$ended", reason is null ? now.ToUnixTimeMilliseconds() : null));
        return reason is null ? owner! : WellKnownAccounts.Suspense;
    }

    public LedgerResult Assign(AssignDeposit operation, DateTimeOffset now)
    {
        if (Read(operation.Sequence) is not { State: DepositState.Suspense } deposit)
        {
            Deposit? other = Read(operation.Sequence);
            return other is { State: DepositState.Assigned } && other.AccountId == operation.AccountId
                ? new DepositSettled(other, Repeated: true)
                : new DepositRefused(other);
        }

        bool isCapital = operation.AccountId == WellKnownAccounts.Treasury;
        if (!isCapital && accounts.Refuse(operation.AccountId, mayBeClosed: false, AccountClass.Client) is { } refused)
        {
            return refused;
        }

        Settle(deposit, DepositState.Assigned, operation.AccountId, now);
        Move(ChainEvents.IdOf("assigned", "deposit", deposit.Sequence), operation.AccountId, deposit.Amount, "deposit assigned", now);
        return new DepositSettled(Read(operation.Sequence)!, Repeated: false);
    }

    /// <summary>Takes a deposit out of suspense so that it can be sent back; the intent is placed by who calls.</summary>
    public LedgerResult? BeginRefund(RefundDeposit operation, out Deposit? deposit, DateTimeOffset now)
    {
        deposit = Read(operation.Sequence);
        if (deposit is not { State: DepositState.Suspense })
        {
            return deposit is { State: DepositState.Refunded } ? new DepositSettled(deposit, Repeated: true) : new DepositRefused(deposit);
        }

        Settle(deposit, DepositState.Refunded, deposit.AccountId, now);
        Move(RefundDeposit.IntentIdOf(deposit.Sequence), WellKnownAccounts.PayoutsInFlight, deposit.Amount, "deposit sent back", now);
        deposit = Read(operation.Sequence);
        return null;
    }

    /// <summary>Whether a deposit of that amount waits, or is on its way back.</summary>
    public bool CanReturn(long sequence, Nano amount) =>
        Read(sequence) is { State: DepositState.Suspense or DepositState.Refunded } deposit && deposit.Amount == amount;

    /// <summary>Counts a deposit as sent back, since it has left. The money is moved by who calls.</summary>
    public void Return(long sequence, DateTimeOffset now)
    {
        if (Read(sequence) is { State: DepositState.Suspense } deposit)
        {
            Settle(deposit, DepositState.Refunded, deposit.AccountId, now);
        }
    }

    private static SuspenseReason ReasonOf(WalletStep step) => step.Note switch
    {
        TransferNote.None => SuspenseReason.NoMemo,
        TransferNote.Encrypted => SuspenseReason.Encrypted,
        _ => SuspenseReason.UnknownMemo,
    };

    private SuspenseReason? Obstacle(string owner, Nano amount, DepositRules rules)
    {
        Account account = Rows.One(_account.Query(("$account", owner)), Rows.Account)!;
        return account.ClosedAt is not null ? SuspenseReason.AccountClosed
            : amount < rules.Least ? SuspenseReason.TooSmall
            : account.Balance + amount > rules.Cap ? SuspenseReason.AboveCap
            : null;
    }

    private void Settle(Deposit deposit, DepositState state, string? account, DateTimeOffset now)
    {
        if (_settle.Run(
            ("$sequence", deposit.Sequence), ("$state", Values.Name(state)), ("$account", account), ("$now", now.ToUnixTimeMilliseconds())) != 1)
        {
            throw new InvalidDataException("A deposit changed while it was being settled.");
        }
    }

    private void Move(Guid id, string to, Nano amount, string reason, DateTimeOffset now)
    {
        if (!book.TryDebit(WellKnownAccounts.Suspense, amount))
        {
            throw new InvalidDataException("Less is in suspense than its deposits. Run the invariant check.");
        }

        book.Credit(to, amount);
        book.Book(id, TransactionKind.Transfer, reason, now, (WellKnownAccounts.Suspense, -amount), (to, amount));
    }

    private string? FindMemo(string account) => Rows.One(_memo.Query(("$account", account)), row => row.GetString(0));

    private string? FindAccount(string memo) => Rows.One(_accountOf.Query(("$memo", memo)), row => row.GetString(0));

    private Deposit? Read(long sequence) => Rows.One(_read.Query(("$sequence", sequence)), DepositRows.Deposit);
}
