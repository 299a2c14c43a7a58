using CocoonOrleans.Ledger.Holds;
using CocoonOrleans.Ledger.Operations;

namespace CocoonOrleans.Tests.Cluster.Ledger.Operations;

/// <summary>What the book must say after any operations, kept in plain variables: no database, no holds that are half done.</summary>
public sealed class BookModel(IEnumerable<string> clients, long funds)
{
    private readonly Dictionary<string, long> _balances = clients.ToDictionary(client => client, _ => funds);
    private readonly Dictionary<Guid, Job> _jobs = [];
    private readonly HashSet<Guid> _transfers = [];
    private readonly Dictionary<string, long> _earned = [];

    /// <summary>Completions that came late, each worker's once.</summary>
    public HashSet<(Guid Job, string Worker)> Late { get; } = [];

    public long Commission { get; private set; }

    public IEnumerable<string> Clients => _balances.Keys;

    public long Balance(string client) => _balances[client];

    public long Held(string client) => _jobs.Values.Where(job => job.Client == client && job.State == HoldState.Open).Sum(job => job.Amount);

    public long Earned(string provider) => _earned.GetValueOrDefault(provider);

    public int Count(string client, HoldState state) => _jobs.Values.Count(job => job.Client == client && job.State == state);

    /// <summary>Open holds that have expired.</summary>
    public IEnumerable<Guid> Expired(DateTimeOffset now) =>
        _jobs.Where(job => job.Value.State == HoldState.Open && job.Value.ExpiresAt <= now).Select(job => job.Key);

    /// <summary>Applies an operation.</summary>
    /// <returns>What the ledger must answer, in the words of <see cref="Describe"/>.</returns>
    public string Apply(LedgerOperation operation) => operation switch
    {
        PlaceHold hold => Place(hold),
        CaptureHold capture => Capture(capture),
        ReleaseHold release => Release(release),
        Transfer transfer => Move(transfer),
        _ => throw new ArgumentOutOfRangeException(nameof(operation)),
    };

    /// <summary>An answer of the ledger without what the model doesn't know.</summary>
    public static string Describe(LedgerResult result) => result switch
    {
        HoldPlaced placed => $"placed {placed.Hold.Amount} {placed.Hold.State} {placed.Repeated}",
        HoldCaptured { Hold.Capture: { } capture } captured => $"captured {capture.Amount} {capture.ProviderAmount} {capture.ProviderAccountId} {captured.Repeated}",
        HoldReleased { Hold.Release: { } release } released => $"released {release.Reason} {released.Repeated}",
        InsufficientBalance insufficient => $"short of {insufficient.Shortfall}",
        AlreadyCaptured { Hold.Capture: { } capture } => $"already captured {capture.Amount}",
        Transferred transferred => $"transferred {transferred.Repeated}",
        _ => result.GetType().Name,
    };

    private string Place(PlaceHold hold)
    {
        if (_jobs.TryGetValue(hold.JobId, out Job? known))
        {
            return known.Client == hold.AccountId ? $"placed {known.Amount} {known.State} True" : nameof(IdReused);
        }

        long free = Balance(hold.AccountId) - Held(hold.AccountId);
        if (hold.Amount.Value > free)
        {
            return $"short of {hold.Amount.Value - free}";
        }

        _jobs[hold.JobId] = new Job(hold.AccountId, hold.Amount.Value, hold.ExpiresAt);
        return $"placed {hold.Amount} {HoldState.Open} False";
    }

    private string Capture(CaptureHold capture)
    {
        if (!_jobs.TryGetValue(capture.JobId, out Job? job))
        {
            return nameof(UnknownJob);
        }

        if (job.State == HoldState.Released)
        {
            Late.Add((capture.JobId, capture.WorkerId));
            return nameof(CaptureTooLate);
        }

        bool repeated = job.State == HoldState.Captured;
        if (!repeated)
        {
            job.State = HoldState.Captured;
            job.Charged = Math.Min(job.Amount, capture.Amount.Value);
            job.Commission = job.Charged * capture.CommissionBasisPoints / LedgerLimits.BasisPoints;
            job.Provider = capture.ProviderAccountId;
            _balances[job.Client] -= job.Charged;
            Commission += job.Commission;
            _earned[job.Provider] = Earned(job.Provider) + job.Charged - job.Commission;
        }

        return $"captured {job.Charged} {job.Charged - job.Commission} {job.Provider} {repeated}";
    }

    private string Release(ReleaseHold release)
    {
        if (!_jobs.TryGetValue(release.JobId, out Job? job))
        {
            return nameof(UnknownJob);
        }

        if (job.State == HoldState.Captured)
        {
            return $"already captured {job.Charged}";
        }

        bool repeated = job.State == HoldState.Released;
        job.State = HoldState.Released;
        job.Reason ??= release.Reason;
        return $"released {job.Reason} {repeated}";
    }

    private string Move(Transfer transfer)
    {
        if (_transfers.Contains(transfer.TransactionId))
        {
            return "transferred True";
        }

        long free = Balance(transfer.From) - Held(transfer.From);
        if (transfer.Amount.Value > free)
        {
            return $"short of {transfer.Amount.Value - free}";
        }

        _transfers.Add(transfer.TransactionId);
        _balances[transfer.From] -= transfer.Amount.Value;
        _balances[transfer.To] += transfer.Amount.Value;
        return "transferred False";
    }

    private sealed class Job(string client, long amount, DateTimeOffset expiresAt)
    {
        public string Client => client;

        public long Amount => amount;

        public DateTimeOffset ExpiresAt => expiresAt;

        public HoldState State { get; set; }

        public long Charged { get; set; }

        public long Commission { get; set; }

        public string Provider { get; set; } = "";

        public string? Reason { get; set; }
    }
}
