using CocoonOrleans.Attestation.Certificates;
using CocoonOrleans.Attestation.Quotes;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Attestation.Verification;

namespace CocoonOrleans.Attestation.Provisioning;

/// <summary>
/// Keeps collateral for the processors that are seen: fetched once for all who ask at a time, verified before it is kept, fetched anew after a third of
/// its life, and served until it expires, whether or not anybody can be reached. Safe on many threads at a time.
/// </summary>
public sealed class CollateralService : IAsyncDisposable
{
    /// <summary>The most families and authorities that are kept; the one that nobody asked for the longest gives way.</summary>
    public const int MostSubjects = 64;

    private const int QuoteChainLength = 3;
    private const string PckKind = "SGX PCK Certificate";
    private const int LifeParts = 3;
    private const double Jitter = 0.1;

    private const string Clock = "clock";

    /// <summary>How exactly the latest time is remembered, and how far a clock may be set back: what is written seldom wears no disk.</summary>
    private static readonly TimeSpan ClockStep = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan ShortestRetry = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(10);

    private readonly ProvisioningClient? _client;
    private readonly TrustAnchor _anchor;
    private readonly CollateralSetRules _rules;
    private readonly ICollateralFloorStore _floors;
    private readonly RelaunchGraces _graces;
    private readonly TimeProvider _time;
    private readonly CollateralFolder? _folder;
    private readonly IProgress<CollateralRefresh>? _progress;
    private readonly Random _random;
    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<CollateralSubject, Entry> _entries = [];
    private long _clockStep = -1;

    /// <param name="client">Where it comes from; null for nowhere: then it comes from those who show quotes alone, by <see cref="TakeAsync"/>.</param>
    /// <param name="anchor">What is believed.</param>
    /// <param name="floors">What has been seen before.</param>
    /// <param name="time">The clock.</param>
    /// <param name="folder">Where the last good sets are kept for the next start; null for nowhere.</param>
    /// <param name="progress">Told of each attempt, on the thread that made it; null for nobody.</param>
    public CollateralService(
        ProvisioningClient? client, TrustAnchor anchor, ICollateralFloorStore floors, TimeProvider time, CollateralFolder? folder = null, IProgress<CollateralRefresh>? progress = null)
        : this(client, anchor, floors, time, folder, progress, Random.Shared)
    {
    }

    internal CollateralService(
        ProvisioningClient? client, TrustAnchor anchor, ICollateralFloorStore floors, TimeProvider time, CollateralFolder? folder, IProgress<CollateralRefresh>? progress, Random random)
    {
        ArgumentNullException.ThrowIfNull(anchor);
        ArgumentNullException.ThrowIfNull(floors);
        ArgumentNullException.ThrowIfNull(time);
        (_client, _anchor, _time, _folder, _progress, _random) = (client, anchor, time, folder, progress, random);
        _floors = floors;
        _rules = new CollateralSetRules(anchor, floors);
        _graces = new RelaunchGraces(_rules.Prefix, floors, time);
    }

    /// <summary>
    /// What collateral a quote needs. Its certificates must lead to the anchor by their signatures: a stranger's bytes make nobody fetch anything. Nothing
    /// else of the quote is judged, and not the time.
    /// </summary>
    /// <param name="quote">The quote.</param>
    /// <param name="subject">What it needs; null where it is refused.</param>
    /// <param name="refusal">Why that can't be said; null where it can.</param>
    public bool TryReadSubject(Quote quote, out CollateralSubject? subject, out Refusal? refusal)
    {
        ArgumentNullException.ThrowIfNull(quote);
        CollateralSubject? read = null;
        refusal = RefusalEdge.Run(() =>
        {
            var chain = CertificateChain.Read(quote.PckChain.Span, _anchor.Root, QuoteChainLength, PckKind, ChainCodes.Pck);
            chain.CheckIssuerSignatures();
            chain.CheckLeafSignature();
            var authority = Enum.GetValues<PckAuthority>().Where(candidate => chain.Issuer.SubjectCommonName.Contains($"SGX PCK {candidate} CA", StringComparison.Ordinal)).ToArray();
            read = authority is [var only]
                ? new CollateralSubject(Convert.ToHexStringLower(PckExtension.Read(chain.Leaf).Fmspc.Span), only)
                : throw new RefusedException(ChainCodes.Pck.Subject, $"an issuer of processors' certificates was expected, not {chain.Issuer.SubjectCommonName}");
        });
        subject = read;
        return refusal is null;
    }

    /// <summary>Gives a set that holds now. Only where there is none it waits for one; a set that is to be renewed is renewed behind the answer.</summary>
    /// <param name="subject">What it must be about: of a quote by <see cref="TryReadSubject"/>.</param>
    /// <param name="cancellationToken">Ends the wait; the fetching goes on for the others.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled, or the service ends.</exception>
    public async ValueTask<CollateralResult> GetAsync(CollateralSubject subject, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(subject);
        if (await CheckClockAsync(cancellationToken) is { } rollback)
        {
            return new CollateralResult(null, null, rollback);
        }

        Entry entry;
        Task? refresh;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_ending.IsCancellationRequested, this);
            entry = EntryOf(subject);
            StartIfDue(entry);
            if (Served(entry) is { IsThere: true } result)
            {
                return result;
            }

            refresh = entry.Refresh;
        }

        // Without one under way the last attempt failed a moment ago: who asks now gets its refusal, and nobody is asked again so soon.
        if (refresh is not null)
        {
            await refresh.WaitAsync(cancellationToken);
        }

        lock (_lock)
        {
            return Served(entry);
        }
    }

    /// <summary>
    /// Takes a set that somebody handed over, where none is served: it is checked like one that was fetched, and held to the floors. It raises none and is kept for nobody, since who hands over documents is whoever is
    /// to be judged by them: that is for <see cref="ConfirmAsync"/>.
    /// </summary>
    /// <param name="subject">What it must be about: of a quote by <see cref="TryReadSubject"/>.</param>
    /// <param name="utf8Json">The set, in the layout of <see cref="Collaterals.Collateral.TryParse"/>, with <c>pck_crl_issuer_chain</c>.</param>
    /// <param name="cancellationToken">Ends the wait for others that are being checked.</param>
    public async ValueTask<CollateralResult> TakeAsync(CollateralSubject subject, ReadOnlyMemory<byte> utf8Json, CancellationToken cancellationToken = default) =>
        (await JudgeAsync(subject, utf8Json, isConfirmed: false, cancellationToken)).Result;

    /// <summary>
    /// A quote was accepted by a set that <see cref="TakeAsync"/> took: it is kept for others where none is served. Only where nothing is fetched at all do its numbers become floors; where something is, what comes
    /// from there decides what is too old.
    /// </summary>
    /// <param name="subject">What it is about.</param>
    /// <param name="utf8Json">The set, as it was handed over.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What is served now.</returns>
    public async ValueTask<CollateralResult> ConfirmAsync(CollateralSubject subject, ReadOnlyMemory<byte> utf8Json, CancellationToken cancellationToken = default)
    {
        var (result, kept) = await JudgeAsync(subject, utf8Json, isConfirmed: true, cancellationToken);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_ending.IsCancellationRequested, this);
            var entry = EntryOf(subject);
            if (kept is not null && !Served(entry).IsThere)
            {
                entry.Kept = kept;
            }
        }

        return result;
    }

    private async ValueTask<(CollateralResult Result, KeptCollateral? Kept)> JudgeAsync(CollateralSubject subject, ReadOnlyMemory<byte> utf8Json, bool isConfirmed, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(subject);
        if (await CheckClockAsync(cancellationToken) is { } rollback)
        {
            return (new CollateralResult(null, null, rollback), null);
        }

        FetchedCollateral? handed = null;
        if (RefusalEdge.Run(() => handed = CollateralFolder.Parse(utf8Json)) is { } broken)
        {
            return (new CollateralResult(null, null, broken), null);
        }

        var (kept, refusal) = await CheckAsync(subject, () => Task.FromResult(handed!), raises: isConfirmed && _client is null).WaitAsync(cancellationToken);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_ending.IsCancellationRequested, this);
            var served = Served(EntryOf(subject));
            return served.IsThere || kept is null
                ? (served.IsThere || refusal is null ? served : new CollateralResult(null, null, refusal), null)
                : (new CollateralResult(kept.Collateral, kept.ValidUntil, null), kept);
        }
    }

    /// <summary>
    /// Whether the machine of an accepted quote may go on: one whose TD Intel advises to start again, for <see cref="Tcb.TcbPolicy.LongestGrace"/> from when it was first seen here. That is kept beside the floors, over restarts.
    /// Who has a network's record of it (a gateway) goes by that.
    /// </summary>
    /// <param name="verdict">The verdict on its quote.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Why not (<c>policy.relaunch</c>); null where it may.</returns>
    /// <exception cref="IOException">The floors can't be written.</exception>
    public ValueTask<Refusal?> CheckRelaunchAsync(EvidenceVerdict verdict, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        return _graces.JudgeAsync(verdict, cancellationToken);
    }

    /// <summary>Renews what is due, and waits for it. A host calls it now and then, so that sets are fresh even where nobody asks.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task RefreshAsync(CancellationToken cancellationToken = default)
    {
        Task[] running;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_ending.IsCancellationRequested, this);
            foreach (var entry in _entries.Values)
            {
                StartIfDue(entry);
            }

            running = [.. _entries.Values.Select(entry => entry.Refresh).OfType<Task>()];
        }

        await Task.WhenAll(running).WaitAsync(cancellationToken);
    }

    /// <summary>Ends what is under way.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] running;
        lock (_lock)
        {
            if (_ending.IsCancellationRequested)
            {
                return;
            }

            _ending.Cancel();
            running = [.. _entries.Values.Select(entry => entry.Refresh).OfType<Task>()];
        }

        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ending.Dispose();
    }

    /// <summary>
    /// Everything here expires by the clock, so whoever sets it back lets old documents and statements live again: the latest time that was seen is a floor too.
    /// </summary>
    private async ValueTask<Refusal?> CheckClockAsync(CancellationToken cancellationToken)
    {
        var step = _time.GetUtcNow().Ticks / ClockStep.Ticks;
        if (Volatile.Read(ref _clockStep) == step)
        {
            return null;
        }

        return await RefusalEdge.RunAsync(async () =>
        {
            // One step back is a clock that was set right at the edge of two.
            if (await _floors.RaiseAsync([new CollateralFloor(Clock, step)], cancellationToken) is { } floor && floor.Number > step + 1)
            {
                var latest = new DateTimeOffset((long)floor.Number * ClockStep.Ticks, TimeSpan.Zero);
                throw new RefusedException(RefusalCodes.ClockRollback, $"the clock was expected to be past {latest:u}, which it has shown before, not at {_time.GetUtcNow():u}");
            }

            Volatile.Write(ref _clockStep, step);
        });
    }

    private Entry EntryOf(CollateralSubject subject)
    {
        if (!_entries.TryGetValue(subject, out var entry))
        {
            if (_entries.Count >= MostSubjects)
            {
                var idle = _entries.Values.Where(candidate => candidate.Refresh is null).MinBy(candidate => candidate.AskedAt) ?? _entries.Values.MinBy(candidate => candidate.AskedAt)!;
                _entries.Remove(idle.Subject);
            }

            _entries.Add(subject, entry = new Entry(subject));
        }

        entry.AskedAt = _time.GetUtcNow();
        return entry;
    }

    private CollateralResult Served(Entry entry) => entry.Kept is { } kept && _time.GetUtcNow() <= kept.ValidUntil
        ? new CollateralResult(kept.Collateral, kept.ValidUntil, null)
        : new CollateralResult(null, null, entry.Refusal ?? new Refusal(RefusalCodes.CollateralUnavailable, "collateral was expected; what is kept has expired or was withdrawn"));

    private bool IsServed(Entry entry)
    {
        lock (_lock)
        {
            return Served(entry).IsThere;
        }
    }

    private void StartIfDue(Entry entry)
    {
        if (entry.Refresh is null && _time.GetUtcNow() >= entry.Due)
        {
            // On a thread of its own: what is done before its first wait must not be done under the lock.
            entry.Refresh = Task.Run(() => RefreshAsync(entry));
        }
    }

    private async Task RefreshAsync(Entry entry)
    {
        try
        {
            FetchedCollateral? fetched = null;
            var (kept, refusal) = await CheckAsync(entry.Subject, async () => fetched = await FetchAsync(entry.Subject));
            var fault = kept is null ? null : Save(entry.Subject, fetched!);

            // A start without a network: the set of the last time is better than none, and is judged like any other.
            var stored = kept is null && !IsServed(entry) && _folder?.Load(entry.Subject) is { } last ? (await CheckAsync(entry.Subject, () => Task.FromResult(last))).Kept : null;
            CollateralRefresh report;
            lock (_lock)
            {
                Note(entry, kept, refusal);
                entry.Kept = kept ?? stored ?? entry.Kept;
                report = new CollateralRefresh(entry.Subject, refusal, Served(entry).ValidUntil, entry.Due, fault);
            }

            _progress?.Report(report);
        }
        finally
        {
            lock (_lock)
            {
                entry.Refresh = null;
            }
        }
    }

    private Task<FetchedCollateral> FetchAsync(CollateralSubject subject) => _client is null
        ? throw new RefusedException(RefusalCodes.CollateralUnavailable, "collateral was expected to come with the quote: nothing is set up to fetch it from")
        : _client.FetchAsync(subject, _ending.Token);

    private async Task<(KeptCollateral? Kept, Refusal? Refusal)> CheckAsync(CollateralSubject subject, Func<Task<FetchedCollateral>> source, bool raises = true)
    {
        KeptCollateral? kept = null;
        var refusal = await RefusalEdge.RunAsync(async () => kept = await _rules.CheckAsync(subject, await source(), _time.GetUtcNow(), Withdraw, raises, _ending.Token));
        return (kept, refusal);
    }

    private string? Save(CollateralSubject subject, FetchedCollateral fetched)
    {
        try
        {
            _folder?.Save(subject, fetched);
            return null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return fault.Message;
        }
    }

    private void Note(Entry entry, KeptCollateral? kept, Refusal? refusal)
    {
        var now = _time.GetUtcNow();
        entry.Refusal = refusal;
        if (kept is not null)
        {
            // So that many who fetched together don't come back together.
            var part = (kept.ValidUntil - now) / LifeParts * (1 - Jitter + (2 * Jitter * _random.NextDouble()));
            (entry.Failures, entry.Due) = (0, now + (part > ShortestRetry ? part : ShortestRetry));
            return;
        }

        var pause = ShortestRetry * Math.Pow(2, Math.Min(entry.Failures, 10)) * (1 + (Jitter * _random.NextDouble()));
        entry.Failures = Math.Min(entry.Failures + 1, int.MaxValue - 1);
        entry.Due = now + (pause < LongestRetry ? pause : LongestRetry);
    }

    /// <summary>A newer list can revoke the signer of what is served: then that is no longer good, even if nothing comes in its place.</summary>
    private void Withdraw(VerifiedCollateral lists)
    {
        lock (_lock)
        {
            foreach (var entry in _entries.Values.Where(entry => entry.Kept?.Verified.HasSignerRevokedBy(lists.RootCrl) == true))
            {
                (entry.Kept, entry.Due) = (null, DateTimeOffset.MinValue);
            }
        }
    }

    private sealed class Entry(CollateralSubject subject)
    {
        public CollateralSubject Subject { get; } = subject;

        public KeptCollateral? Kept { get; set; }

        /// <summary>Why the last attempt failed.</summary>
        public Refusal? Refusal { get; set; }

        public int Failures { get; set; }

        public DateTimeOffset Due { get; set; } = DateTimeOffset.MinValue;

        public DateTimeOffset AskedAt { get; set; }

        public Task? Refresh { get; set; }
    }
}
