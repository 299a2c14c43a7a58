using CocoonOrleans.Grains.Markets;
using CocoonOrleans.Market.Clearing;
using CocoonOrleans.Market.Offers;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Gateway.Markets;

/// <summary>
/// One model's offers as this gateway sees them: the last snapshot, corrected by the slots that it took and gave back since. The correction is a
/// guess, the lease at the worker is what counts: it only keeps the gateway from asking where it must expect a no. Thread-safe.
/// </summary>
/// <param name="tierOf">The trust tier that this gateway verified of a worker; null where it has no tunnel to it, or can't seal to it. It is no part of what silos say: none of them can raise it.</param>
/// <param name="maxWaiting">The most jobs that may wait.</param>
/// <param name="time">The clock.</param>
public sealed class MarketBook(Func<string, TrustTier?> tierOf, int maxWaiting, TimeProvider time)
{
    /// <summary>A worker that refused a slot is not asked again for so long, unless a slot comes back.</summary>
    private static readonly TimeSpan RefusalCounts = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Slots> _slots = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MarketSnapshot> _shards = new(StringComparer.Ordinal);
    private IReadOnlyList<Offer> _offers = [];
    private long? _since;
    private double _jobSeconds = 1;

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
        lock (_lock)
        {
            _since = time.GetTimestamp();
            if (snapshot is not null)
            {
                _shards[shard] = WithKept(shard, snapshot);
                _offers = [.. _shards.Values.SelectMany(static known => known.Offers).Select(static offer => offer.Offer)];
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
            }
        }

        Room.Call(Offers().Sum(static offer => Math.Max(0, offer.FreeSlots)));
    }

    /// <summary>The offers of workers that this gateway can reach, with the slots that it believes free.</summary>
    public IReadOnlyList<Offer> Offers()
    {
        lock (_lock)
        {
            return [.. _offers.Where(offer => tierOf(offer.WorkerId) is not null).Select(offer => offer with { FreeSlots = Free(offer) })];
        }
    }

    /// <summary>The tiers of the workers that this gateway can reach, lowest first.</summary>
    public IReadOnlyList<TrustTier> Tiers() => [.. Offers().Select(offer => tierOf(offer.WorkerId)).OfType<TrustTier>().Distinct().Order()];

    /// <summary>Clears a request on these offers.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="minimum">The lowest tier that may serve it; null for any.</param>
    /// <param name="workers">The only workers that can serve it; null for all. The others still make the price.</param>
    public ClearingResult Clear(ClearingRequest request, TrustTier? minimum = null, IReadOnlySet<string>? workers = null)
    {
        IReadOnlyList<Offer> offers = Offers();
        IReadOnlyList<Offer> high = minimum is null ? offers : [.. offers.Where(offer => tierOf(offer.WorkerId) >= minimum)];
        ClearingResult all = MarketClearing.Clear(request, high);
        if (workers is null)
        {
            return all with { Exclusions = all.Exclusions with { Tier = offers.Count - high.Count } };
        }

        Offer[] able = [.. high.Where(offer => workers.Contains(offer.WorkerId))];
        ClearingResult result = MarketClearing.Clear(request, able);
        return result with
        {
            Ranked = [.. all.Ranked.Where(cleared => workers.Contains(cleared.Offer.WorkerId))],
            Exclusions = result.Exclusions with { Tier = offers.Count(offer => workers.Contains(offer.WorkerId)) - able.Length },
        };
    }

    /// <summary>A slot is about to be asked for.</summary>
    public void Take(string workerId)
    {
        lock (_lock)
        {
            Slots slots = Of(workerId);
            slots.Mine++;
            slots.Taken++;
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
        int slots = Math.Max(1, Offers().Sum(static offer => offer.Slots));
        lock (_lock)
        {
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
        return snapshot with { Offers = [.. snapshot.Offers, .. last.Offers.Where(offer => !renewed.Contains(offer.Offer.WorkerId) && tierOf(offer.Offer.WorkerId) is not null)] };
    }

    private int Free(Offer offer)
    {
        if (!_slots.TryGetValue(offer.WorkerId, out Slots? slots))
        {
            return offer.FreeSlots;
        }

        bool refused = slots.RefusedAt is { } at && time.GetElapsedTime(at) < RefusalCounts;
        return refused ? 0 : Math.Max(0, Math.Min(offer.FreeSlots - slots.Taken + slots.Returned, offer.Slots - slots.Mine));
    }

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
