using CocoonOrleans.Ledger.Operations;

namespace CocoonOrleans.Ledger.Sql;

/// <summary>The ledger's statements on the writer's connection.</summary>
internal sealed class LedgerSession
{
    private readonly AccountWriter _accounts;
    private readonly TransferWriter _transfers;
    private readonly HoldStatements _holds;
    private readonly DepositWriter _deposits;

    public LedgerSession(SqlStatements statements, bool allowTreasuryTransfers)
    {
        BookWriter book = new(statements);
        _accounts = new AccountWriter(statements);
        _transfers = new TransferWriter(statements, book, _accounts, allowTreasuryTransfers);
        Outbox = new OutboxWriter(statements);
        ClientChannels = new ClientChannelWriter(statements, book, _accounts);
        _holds = new HoldStatements(statements, book, _accounts, Outbox, ClientChannels);
        _deposits = new DepositWriter(statements, book, _accounts);
        UnknownPayments = new UnknownPaymentWriter(statements, book, _deposits);
        Wallets = new WalletWriter(statements, book, _accounts, _deposits, ClientChannels, UnknownPayments);
        Channels = new ChannelWriter(statements, book);
        Providers = new ProviderWriter(statements);
        Solvency = new SolvencyWriter(statements);
    }

    /// <summary>Where holds are written while it is set: a group that is written as one. Null: statement by statement.</summary>
    public IHoldBook? Group { get; set; }

    public OutboxWriter Outbox { get; }

    public WalletWriter Wallets { get; }

    public UnknownPaymentWriter UnknownPayments { get; }

    public ChannelWriter Channels { get; }

    public ClientChannelWriter ClientChannels { get; }

    public ProviderWriter Providers { get; }

    public SolvencyWriter Solvency { get; }

    /// <summary>Applies one operation. What it wrote before it throws must be undone by the caller.</summary>
    public LedgerResult Apply(LedgerOperation operation, DateTimeOffset now) => OperationRules.Check(operation) ?? operation switch
    {
        PlaceHold hold => (Group ?? _holds).Place(hold, now),
        CaptureHold capture => (Group ?? _holds).Capture(capture, now),
        ReleaseHold release => (Group ?? _holds).Release(release, now),
        Transfer transfer => _transfers.Move(transfer, now),
        CreateAccount create => _accounts.Create(create, now),
        CloseAccount close => _accounts.Close(close, now),
        CreateApiKey create => _accounts.CreateKey(create, now),
        PlaceIntent intent => Wallets.Place(intent, now),
        CreateDepositMemo create => _deposits.CreateMemo(create, now),
        AssignDeposit assign => _deposits.Assign(assign, now),
        RefundDeposit refund => Wallets.Refund(refund, now),
        RevokeApiKey revoke => _accounts.RevokeKey(revoke, now),
        _ => throw new ArgumentException($"The ledger knows no operation {operation.GetType().Name}.", nameof(operation)),
    };
}
