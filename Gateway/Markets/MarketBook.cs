using System.Buffers.Binary;
using CocoonOrleans.Grains.Markets;
using CocoonOrleans.Market.Auctions;
using CocoonOrleans.Market.Clearing;
using CocoonOrleans.Market.Offers;
using CocoonOrleans.Market.Prices;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Gateway.Markets;

/// <summary>
/// One model's offers as this gateway sees them: the last snapshot, corrected by the slots that it took and gave back since. The correction is a
/// guess, the lease at the worker is what counts: it only keeps the gateway from asking where it must expect a no. What a request needs of an offer stands ready in a
/// row, so that clearing only compares numbers. Thread-safe.
/// </summary>
/// <param name="sightOf">What this gateway verified of a worker; null where it has no tunnel to it, or can't seal to it.</param>
/// <param name="maxWaiting">The most jobs that may wait.</param>
/// <param name="spread">How far jobs are spread beyond the best offer.</param>
/// <param name="time">The clock.</param>
public sealed class MarketBook(Func<string, WorkerSight?> sightOf, int maxWaiting, SpreadOptions spread, TimeProvider time)
{
    /// <summary>A worker that refused a slot is not asked again for so long, unless a slot comes back.</summary>
    private static readonly TimeSpan RefusalCounts = TimeSpan.FromSeconds(1);

    /// <summary>Of so many answers the length must be known before requests are compared at it.</summary>
    private const int LengthsNeeded = 20;

    /// <summary>Before so many answers an hour nobody has had too many of them.</summary>
    private const double FewestAnswers = 50;

    /// <summary>What is four times as slow as the best is as slow as can be said.</summary>
    private const int MostPacePenalty = 3 * MarketClearing.PenaltyUnit;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Slots> _slots = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Pace> _paces = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MarketSnapshot> _shards = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly HashSet<string> _refused = new(StringComparer.Ordinal);
    private readonly ClearedPrices _cleared = new(time);
    private readonly Dictionary<string, double> _tokens = new(StringComparer.Ordinal);
    private ClearingRow[] _rows = [];
    private OfferTree _tree = OfferTree.Empty;
    private long _version;
    private long _decayed = time.GetTimestamp();
    private double _recentAnswers;
    private HashSet<string>? _sated;
    private long? _since;
    private double _jobSeconds = 1;
    private double _answerTokens;
    private int _answers;

    /// <summary>The jobs that wait for a slot.</summary>
    public WaitingRoom Room { get; } = new(maxWaiting);

    /// <summary>How old the last answer of the market is; null before the first.</summary>
    public TimeSpan? Age
    {
        get
        {
            lock (_lock)
            {
                return _since is { } since ? time.GetElapsedTime(since) : null;
            }
        }
    }

    /// <summary>The version of a shard's snapshot; 0 before the first.</summary>
    public long VersionOf(string shard)
    {
        lock (_lock)
        {
            return _shards.TryGetValue(shard, out MarketSnapshot? snapshot) ? snapshot.Version : 0;
        }
    }

    /// <summary>Takes the answer of one of the market's shards: a new snapshot, or null where nothing changed. Calls waiting jobs where slots are free.</summary>
    public void Update(string shard, MarketSnapshot? snapshot)
    {
        int free;

        // The tree takes a few microseconds for each offer: not while requests wait for the lock. Nobody else writes shards.
        MarketSnapshot? kept = snapshot is null ? null : WithKept(shard, snapshot);
        Offer[]? offers = kept is null ? null : OffersWith(shard, kept);
        OfferTree? tree = offers is null ? null : OfferTree.Of(offers);
        lock (_lock)
        {
            _since = time.GetTimestamp();
            if (snapshot is not null)
            {
                _shards[shard] = kept!;
                (_tree, _version) = (tree!, kept!.Version);
                foreach ((string worker, Slots slots) in _slots.ToArray())
                {
                    if (slots.Mine == 0)
                    {
                        _slots.Remove(worker);
                    }
                    else
                    {
                        (slots.Taken, slots.Returned, slots.RefusedAt) = (0, 0, null);
                    }
                }

                _refused.Clear();
            }

            // Also where no offer changed: the hour did, and perhaps the tunnels.
            Rebuild(offers ?? [.. _rows.Select(static row => row.Offer)]);
            Decay();
            free = _rows.Sum(static row => row.Tier < 0 ? 0 : row.FreeSlots);
        }

        Room.Call(free);
    }

    /// <summary>The offers of workers that this gateway can reach, with the slots that it believes free, and what they ask now.</summary>
    public IReadOnlyList<Offer> Offers() => [.. Rows().Select(static row => row.Offer with { Ask = row.Ask, FreeSlots = row.FreeSlots })];

    /// <summary>The rows of workers that this gateway can reach.</summary>
    public IReadOnlyList<ClearingRow> Rows()
    {
        lock (_lock)
        {
            ForgetRefusals();
            LookAgain();
            return [.. _rows.Where(static row => row.Tier >= 0)];
        }
    }

    /// <summary>The tiers of the workers that this gateway can reach, lowest first.</summary>
    public IReadOnlyList<TrustTier> Tiers() => [.. Rows().Select(static row => (TrustTier)row.Tier).Distinct().Order()];

    /// <summary>What jobs were cleared at in the last hour, day and week.</summary>
    public (ClearedPriceSummary Hour, ClearedPriceSummary Day, ClearedPriceSummary Week) Cleared()
    {
        lock (_lock)
        {
            return (_cleared.LastHour(), _cleared.LastDay(), _cleared.LastWeek());
        }
    }

    /// <summary>Clears a request on these offers.</summary>
    public ClearingResult Clear(ClearingRequest request) => Clear(request, out _, out _);

    /// <summary>Clears a request on these offers.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="tree">The snapshot that was cleared on.</param>
    /// <param name="version">Its version.</param>
    public ClearingResult Clear(ClearingRequest request, out OfferTree tree, out long version)
    {
        ArgumentNullException.ThrowIfNull(request);
        IReadOnlyList<string> order = request.Filter.Order;
        lock (_lock)
        {
            (tree, version) = (_tree, _version);
            ForgetRefusals();
            if (request.Able is null && order.Count == 0)
            {
                request = request with { Sated = _sated, Explores = IsExplored(request.JobId) };
            }

            if (order.Count == 0)
            {
                return ClearSeen(request);
            }

            foreach (string wanted in order)
            {
                ClearingResult result = ClearSeen(request with { Able = new HashSet<string> { wanted } });
                if (result.Best is { } best && (request.Able is null || request.Able.Contains(best.Offer.WorkerId)))
                {
                    return result;
                }
            }

            return ClearSeen(request.Filter.AllowsFallbacks ? request : request with { Able = new HashSet<string>(order) });
        }
    }

    /// <summary>How long an answer will be, as far as those before it say.</summary>
    /// <param name="most">The most tokens that may be generated.</param>
    public int ExpectedCompletion(int most)
    {
        lock (_lock)
        {
            return _answers >= LengthsNeeded ? (int)Math.Min(most, Math.Ceiling(_answerTokens)) : (most + 1) / 2;
        }
    }

    /// <summary>A job got its slot at this price.</summary>
    public void Record(TokenPrices price)
    {
        lock (_lock)
        {
            _cleared.Add(price);
        }
    }

    /// <summary>A worker has answered: how long the answer was, and how fast it came. Counts from the next reading of the market on.</summary>
    /// <param name="workerId">The worker.</param>
    /// <param name="tokens">Generated tokens.</param>
    /// <param name="firstToken">Until the first one; null where that was not seen.</param>
    /// <param name="tokensPerSecond">Behind it; null where that can't be said.</param>
    public void Observe(string workerId, long tokens, TimeSpan? firstToken, double? tokensPerSecond)
    {
        lock (_lock)
        {
            _answers++;
            _answerTokens += (tokens - _answerTokens) / Math.Min(_answers, 100);
            if (_places.TryGetValue(workerId, out int place))
            {
                _recentAnswers++;
                string provider = _rows[place].Offer.ProviderId;
                _tokens[provider] = _tokens.GetValueOrDefault(provider) + tokens;
                if (!_paces.TryGetValue(workerId, out Pace? pace))
                {
                    _paces[workerId] = pace = new Pace();
                }

                pace.Observe(firstToken?.TotalSeconds, tokensPerSecond);
            }
        }
    }

    /// <summary>A slot is about to be asked for.</summary>
    public void Take(string workerId)
    {
        lock (_lock)
        {
            Slots slots = Of(workerId);
            slots.Mine++;
            slots.Taken++;
            Price(workerId);
        }
    }

    /// <summary>The slot was not given.</summary>
    public void Refused(string workerId)
    {
        lock (_lock)
        {
            Slots slots = Of(workerId);
            slots.Mine--;
            slots.Taken = Math.Max(0, slots.Taken - 1);
            slots.RefusedAt = time.GetTimestamp();
            _refused.Add(workerId);
            Price(workerId);
        }
    }

    /// <summary>A slot was given back. Calls the next waiting job.</summary>
    /// <param name="workerId">Whose slot.</param>
    /// <param name="held">How long it was held.</param>
    public void Return(string workerId, TimeSpan held)
    {
        lock (_lock)
        {
            Slots slots = Of(workerId);
            slots.Mine--;
            slots.Returned++;
            slots.RefusedAt = null;
            Price(workerId);

            // A moving average of the last ten or so.
            _jobSeconds += (held.TotalSeconds - _jobSeconds) / 10;
        }

        Room.Call(1);
    }

    /// <summary>When a job that comes now could expect a slot: the queue's length times the mean job, over all slots. As clients are told: 1 s to 60 s.</summary>
    public TimeSpan ExpectedWait() => TimeSpan.FromSeconds(Math.Clamp(QueueTime().TotalSeconds, 1, 60));

    /// <summary>The same as it is.</summary>
    public TimeSpan QueueTime()
    {
        lock (_lock)
        {
            int slots = Math.Max(1, _rows.Sum(static row => row.Tier < 0 ? 0 : row.Offer.Slots));
            return TimeSpan.FromSeconds((Room.Count + 1) * _jobSeconds / slots);
        }
    }

    /// <summary>
    /// A book that was lost with its silo begins empty, and workers renew their offers in it one by one: until then the offers of the last one stand, of workers
    /// that this gateway has a tunnel to. The lease at the worker is what counts.
    /// </summary>
    private MarketSnapshot WithKept(string shard, MarketSnapshot snapshot)
    {
        if (!snapshot.IsRebuilding || !_shards.TryGetValue(shard, out MarketSnapshot? last))
        {
            return snapshot;
        }

        HashSet<string> renewed = [.. snapshot.Offers.Select(static offer => offer.Offer.WorkerId)];
        return snapshot with { Offers = [.. snapshot.Offers, .. last.Offers.Where(offer => !renewed.Contains(offer.Offer.WorkerId) && sightOf(offer.Offer.WorkerId) is not null)] };
    }

    /// <summary>Clears, and looks at the winner again: its statement may have ended, or been revoked, since the rows were made.</summary>
    private ClearingResult ClearSeen(ClearingRequest request)
    {
        bool lookedAgain = false;
        while (true)
        {
            ClearingResult result = MarketClearing.Clear(request, _rows);
            if (result.Best is { } best)
            {
                ref ClearingRow row = ref _rows[_places[best.Offer.WorkerId]];
                int tier = TierOf(best.Offer.WorkerId);
                if (tier == row.Tier)
                {
                    return result;
                }

                row.Tier = tier;
            }
            else if (lookedAgain || !LookAgain())
            {
                return result;
            }
            else
            {
                lookedAgain = true;
            }
        }
    }

    /// <summary>Whether a worker that could not be reached can be by now.</summary>
    private bool LookAgain()
    {
        bool found = false;
        for (int i = 0; i < _rows.Length; i++)
        {
            int tier = TierOf(_rows[i].Offer.WorkerId);
            if (tier != _rows[i].Tier)
            {
                found |= tier > _rows[i].Tier;
                Build(i, _rows[i].Offer);
            }
        }

        return found;
    }

    private int TierOf(string workerId) => sightOf(workerId) is { } sight ? (int)sight.Tier : ClearingRow.Unreachable;

    private Offer[] OffersWith(string shard, MarketSnapshot snapshot)
    {
        MarketSnapshot[] others;
        lock (_lock)
        {
            others = [.. _shards.Where(known => known.Key != shard).Select(static known => known.Value)];
        }

        return [.. others.Append(snapshot).SelectMany(static known => known.Offers).Select(static offer => offer.Offer).DistinctBy(static offer => offer.WorkerId)];
    }

    /// <summary>By the job alone, so that nobody can choose to be the one.</summary>
    private bool IsExplored(Guid jobId)
    {
        Span<byte> bytes = stackalloc byte[16];
        jobId.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]) % 100 < spread.NewcomersPercent;
    }

    /// <summary>What was served an hour ago weighs a third of what is served now; who has more than its share is sated until the next reading.</summary>
    private void Decay()
    {
        double kept = Math.Exp(-time.GetElapsedTime(_decayed).TotalHours);
        _decayed = time.GetTimestamp();
        _recentAnswers *= kept;
        foreach (string provider in _tokens.Keys.ToArray())
        {
            _tokens[provider] *= kept;
            if (_tokens[provider] < 1)
            {
                _tokens.Remove(provider);
            }
        }

        double all = _tokens.Values.Sum();
        HashSet<string> sated = _recentAnswers < FewestAnswers ? [] : [.. _tokens.Where(entry => entry.Value * 100 > all * spread.MostSharePercent).Select(static entry => entry.Key)];
        _sated = sated.Count > 0 ? sated : null;
    }

    private void Rebuild(Offer[] offers)
    {
        _rows = new ClearingRow[offers.Length];
        _places.Clear();
        for (int i = 0; i < offers.Length; i++)
        {
            _places[offers[i].WorkerId] = i;
            Build(i, offers[i]);
        }

        foreach (string gone in _paces.Keys.Where(worker => !_places.ContainsKey(worker)).ToArray())
        {
            _paces.Remove(gone);
        }

        SetPaces();
    }

    private void Build(int place, Offer offer)
    {
        WorkerSight? sight = sightOf(offer.WorkerId);
        _rows[place] = ClearingRow.Of(offer, Free(offer), sight is { } seen ? (int)seen.Tier : ClearingRow.Unreachable, sight?.Quantisation ?? "", time.GetUtcNow());
    }

    private void SetPaces()
    {
        double quickest = _paces.Values.Min(static pace => pace.FirstToken) ?? 0, fastest = _paces.Values.Max(static pace => pace.TokensPerSecond) ?? 0;
        foreach ((string worker, Pace pace) in _paces)
        {
            ref ClearingRow row = ref _rows[_places[worker]];
            row.Latency = Penalty(pace.FirstToken / quickest);
            row.Throughput = Penalty(fastest / pace.TokensPerSecond);
        }
    }

    /// <summary>Who is as good as the best pays nothing; whose pace nobody knows neither, so that it gets known.</summary>
    private static int Penalty(double? times) =>
        times is { } many && double.IsFinite(many) ? (int)Math.Clamp((many - 1) * MarketClearing.PenaltyUnit, 0, MostPacePenalty) : 0;

    private void Price(string workerId)
    {
        if (_places.TryGetValue(workerId, out int place))
        {
            _rows[place].SetFree(Free(_rows[place].Offer), time.GetUtcNow());
        }
    }

    private void ForgetRefusals()
    {
        if (_refused.Count == 0)
        {
            return;
        }

        foreach (string worker in _refused.Where(worker => !_slots.TryGetValue(worker, out Slots? slots) || !IsRefusing(slots)).ToArray())
        {
            _refused.Remove(worker);
            Price(worker);
        }
    }

    private int Free(Offer offer)
    {
        if (!_slots.TryGetValue(offer.WorkerId, out Slots? slots))
        {
            return offer.FreeSlots;
        }

        return IsRefusing(slots) ? 0 : Math.Max(0, Math.Min(offer.FreeSlots - slots.Taken + slots.Returned, offer.Slots - slots.Mine));
    }

    private bool IsRefusing(Slots slots) => slots.RefusedAt is { } at && time.GetElapsedTime(at) < RefusalCounts;

    private Slots Of(string workerId)
    {
        if (!_slots.TryGetValue(workerId, out Slots? slots))
        {
            _slots[workerId] = slots = new Slots();
        }

        return slots;
    }

    private sealed class Slots
    {
        // Held by this gateway now; taken and given back since the last snapshot.
        public int Mine { get; set; }

        public int Taken { get; set; }

        public int Returned { get; set; }

        public long? RefusedAt { get; set; }
    }
}
