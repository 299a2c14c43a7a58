using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Holds;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Ledger.Sql;
using CocoonOrleans.Market;

namespace CocoonOrleans.Ledger.PostgreSql;

/// <summary>
/// Holds on balances, judged in memory and written as one (<see cref="HoldGroupStatements"/>). What is judged by was read in the same transaction, in this
/// writer's turn; the database demands the same when it is written, and if it disagrees nothing of the group stays.
/// </summary>
internal sealed class HoldGroup : IHoldBook
{
    private readonly Dictionary<Guid, Hold> _holds = [];
    private readonly Dictionary<string, (AccountClass Class, bool IsClosed)> _accounts = [];
    private readonly Dictionary<string, (string Account, bool IsRevoked)> _keys = [];
    private readonly Dictionary<string, Payer> _payers = [];
    private readonly HashSet<(Guid Job, string Worker)> _late = [];

    /// <summary>Holds that were placed, open.</summary>
    public List<Hold> Placed { get; } = [];

    /// <summary>Holds that were captured.</summary>
    public List<Hold> Captured { get; } = [];

    /// <summary>Holds that were released.</summary>
    public List<Hold> Released { get; } = [];

    /// <summary>Completions that came after their hold's release.</summary>
    public List<(CaptureHold Operation, Nano Amount, DateTimeOffset At)> Late { get; } = [];

    /// <summary>Legs of transactions, in their order; each transaction's are one after the other.</summary>
    public List<(Guid Transaction, string Account, Nano Amount)> Legs { get; } = [];

    /// <summary>What became of jobs, in its order.</summary>
    public List<(string Kind, Hold Hold, CaptureHold? Completion, DateTimeOffset At)> Outbox { get; } = [];

    /// <summary>Payers whose rows change.</summary>
    public IEnumerable<(string Account, Nano Balance, Nano Held)> Changes =>
        from payer in _payers where payer.Value.IsChanged select (payer.Key, payer.Value.BalanceChange, payer.Value.HeldChange);

    /// <summary>Whether work can be done in a group at all: all of it is holds on balances, as far as can be seen before anything is read.</summary>
    public static bool Suits(IReadOnlyList<LedgerOperation> operations) =>
        operations.Count > 0 && operations.All(operation => operation is PlaceHold { Channel: null } or CaptureHold or ReleaseHold);

    /// <summary>Takes in a hold as it is in the database.</summary>
    public void Know(Hold hold) => _holds[hold.JobId] = hold;

    /// <summary>Takes in an account; balance, held and floor where it pays.</summary>
    public void Know(string account, AccountClass kind, bool isClosed, (Nano Balance, Nano Held, Nano Floor)? payer)
    {
        _accounts[account] = (kind, isClosed);
        if (payer is { } row)
        {
            _payers[account] = new Payer { Balance = row.Balance, Held = row.Held, Floor = row.Floor };
        }
    }

    /// <summary>Takes in an API key.</summary>
    public void KnowKey(string key, string account, bool isRevoked) => _keys[key] = (account, isRevoked);

    /// <summary>Takes in a completion that came too late before.</summary>
    public void KnowLate(Guid job, string worker) => _late.Add((job, worker));

    /// <summary>Whether none of these jobs' holds is on a channel: those are not a group's business.</summary>
    public bool IsOnBalances(IReadOnlyList<LedgerOperation> operations) => operations.All(operation => operation switch
    {
        CaptureHold capture => Find(capture.JobId) is not { Channel: not null },
        ReleaseHold release => Find(release.JobId) is not { Channel: not null },
        _ => true,
    });

    public Hold? Find(Guid jobId) => _holds.GetValueOrDefault(jobId);

    public bool StoreVoucher(PlaceHold operation, DateTimeOffset now) => throw new InvalidOperationException("A group has no holds on channels.");

    public Hold? TryPlace(PlaceHold operation, DateTimeOffset now)
    {
        if (RefuseClient(operation.AccountId) is not null
            || RefuseKey(operation) is not null
            || !_payers.TryGetValue(operation.AccountId, out Payer? payer)
            || payer.Balance - payer.Held < payer.Floor + operation.Amount)
        {
            return null;
        }

        payer.Held += operation.Amount;
        payer.HeldChange += operation.Amount;
        Hold hold = new()
        {
            JobId = operation.JobId,
            AccountId = operation.AccountId,
            ApiKeyId = operation.ApiKeyId,
            Amount = operation.Amount,
            State = HoldState.Open,
            RequestHash = operation.RequestHash.ToArray(),
            Model = operation.Model,
            PromptTokens = operation.PromptTokens,
            MaxCompletionTokens = operation.MaxCompletionTokens,
            PriceCap = operation.PriceCap,
            CreatedAt = Stored(now),
            ExpiresAt = Stored(operation.ExpiresAt),
        };
        Placed.Add(hold);
        Know(hold);
        return hold;
    }

    public LedgerResult WhyNot(PlaceHold operation, bool forked)
    {
        if ((RefuseClient(operation.AccountId) ?? RefuseKey(operation)) is { } refused)
        {
            return refused;
        }

        Payer payer = _payers[operation.AccountId];
        return new InsufficientBalance(payer.Balance, payer.Held, operation.Amount - (payer.Balance - payer.Held - payer.Floor));
    }

    public AccountRefused? RefuseProvider(string account) => Refuse(account, AccountClass.Provider, mayBeClosed: true);

    public Hold Capture(Hold hold, CaptureHold operation, Nano amount, Nano commission, DateTimeOffset now)
    {
        Nano provided = amount - commission;
        Hold captured = hold with
        {
            State = HoldState.Captured,
            Capture = new HoldCapture(
                amount, provided, commission, operation.ProviderAccountId, operation.WorkerId, operation.Prices, operation.Usage, operation.Status,
                operation.ReportHash?.ToArray() is { } report ? new ReadOnlyMemory<byte>(report) : null, Stored(now)),
        };
        Settle(hold, amount);
        foreach ((string account, Nano leg) in (ReadOnlySpan<(string, Nano)>)[(hold.AccountId, -amount), (operation.ProviderAccountId, provided), (WellKnownAccounts.Commission, commission)])
        {
            if (leg != Nano.Zero)
            {
                Legs.Add((hold.JobId, account, leg));
            }
        }

        Captured.Add(captured);
        Outbox.Add(("captured", captured, operation, now));
        Know(captured);
        return captured;
    }

    public void RecordLate(Hold hold, CaptureHold operation, Nano amount, DateTimeOffset now)
    {
        if (_late.Add((operation.JobId, operation.WorkerId)))
        {
            Late.Add((operation, amount, now));
            Outbox.Add(("late", hold, operation, now));
        }
    }

    public Hold Release(Hold hold, string reason, DateTimeOffset now)
    {
        Hold released = hold with { State = HoldState.Released, Release = new HoldRelease(reason, Stored(now)) };
        Settle(hold, Nano.Zero);
        Released.Add(released);
        Outbox.Add(("released", released, null, now));
        Know(released);
        return released;
    }

    private void Settle(Hold hold, Nano charge)
    {
        if (!_payers.TryGetValue(hold.AccountId, out Payer? payer))
        {
            throw new InvalidDataException("A hold's account is no payer. Run the invariant check.");
        }

        payer.Balance -= charge;
        payer.Held -= hold.Amount;
        payer.BalanceChange -= charge;
        payer.HeldChange -= hold.Amount;
    }

    private AccountRefused? RefuseClient(string account) => Refuse(account, AccountClass.Client, mayBeClosed: false);

    private AccountRefused? Refuse(string account, AccountClass kind, bool mayBeClosed) =>
        !_accounts.TryGetValue(account, out (AccountClass Class, bool IsClosed) known) ? new AccountRefused(account, AccountRefusal.Unknown)
            : known.Class != kind ? new AccountRefused(account, AccountRefusal.WrongClass)
            : !mayBeClosed && known.IsClosed ? new AccountRefused(account, AccountRefusal.Closed)
            : null;

    private LedgerResult? RefuseKey(PlaceHold operation) =>
        operation.ApiKeyId is not { } key ? null
            : !_keys.TryGetValue(key, out (string Account, bool IsRevoked) known) || known.Account != operation.AccountId ? new ApiKeyRefused(key, Revoked: false)
            : known.IsRevoked ? new ApiKeyRefused(key, Revoked: true)
            : null;

    // The database keeps milliseconds.
    private static DateTimeOffset Stored(DateTimeOffset time) => DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());

    private sealed class Payer
    {
        public Nano Balance { get; set; }

        public Nano Held { get; set; }

        public Nano Floor { get; init; }

        public Nano BalanceChange { get; set; }

        public Nano HeldChange { get; set; }

        public bool IsChanged => BalanceChange != Nano.Zero || HeldChange != Nano.Zero;
    }
}
