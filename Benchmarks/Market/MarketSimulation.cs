using CocoonOrleans.Market;
using CocoonOrleans.Market.Clearing;
using CocoonOrleans.Market.Offers;
using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Benchmarks.Market;

/// <summary>
/// A market of sellers that learn what to ask, event by event. Jobs come at random and last as long as their size; whoever finds no free slot waits in one queue. The
/// rules of second score clear with <see cref="MarketClearing"/>, the code that gateways run.
/// </summary>
internal sealed class MarketSimulation
{
    private const double Period = 5;
    private const int Periods = 400;
    private const int Queue = 400;
    private const double NanoPerUnit = 1_000_000;

    private static readonly HashSet<string> Nobody = [];
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(60);

    private readonly SimulationSettings _settings;
    private readonly Random _demand;
    private readonly Random _choice;
    private readonly double[] _costs;
    private readonly AskLearning[] _learning;
    private readonly double[] _asks = new double[SimulationSettings.Sellers];
    private readonly int[] _running = new int[SimulationSettings.Sellers];
    private readonly double[] _profit = new double[SimulationSettings.Sellers];
    private readonly double[] _work = new double[SimulationSettings.Sellers];
    private readonly double[] _revenue = new double[SimulationSettings.Sellers];
    private readonly ClearingRow[] _rows = new ClearingRow[SimulationSettings.Sellers];
    private readonly PriorityQueue<int, double> _ends = new();
    private readonly Queue<(double Came, double Size)> _waiting = new();
    private readonly List<double> _times = [];
    private double _cost;
    private long _jobs;
    private long _refused;
    private bool _counts;

    private MarketSimulation(SimulationSettings settings)
    {
        _settings = settings;
        _demand = new Random(settings.Seed);
        _choice = new Random(settings.Seed + 1000);
        var costs = new Random(settings.Seed + 2000);
        _costs = [.. Enumerable.Range(0, SimulationSettings.Sellers).Select(_ => Math.Exp(0.2 * Normal(costs)))];
        var learning = new Random(settings.Seed + 3000);
        var together = new AskLearning(new Random(learning.Next()));
        _learning = [.. Enumerable.Range(0, SimulationSettings.Sellers).Select(seller => seller < settings.Colluders ? together : new AskLearning(new Random(learning.Next())))];
    }

    /// <summary>Runs one market.</summary>
    public static SimulationOutcome Run(SimulationSettings settings) => new MarketSimulation(settings).Run();

    private SimulationOutcome Run()
    {
        double rate = _settings.Load * SimulationSettings.Sellers * SimulationSettings.Slots;
        double next = Exponential(_demand) / rate;
        Ask();
        for (int period = 1; period <= Periods; period++)
        {
            double end = period * Period;
            while (next < end)
            {
                EndUntil(next);
                Come(next, Exponential(_demand));
                next += Exponential(_demand) / rate;
            }

            EndUntil(end);
            Learn();

            // Who asked too much may be within the limit now.
            CallWaiting(end);
            _counts = period >= Periods / 2;
        }

        return Outcome();
    }

    private void Come(double now, double size)
    {
        _jobs += _counts ? 1 : 0;
        if (_waiting.Count > 0 || !TryServe(now, now, size))
        {
            if (_waiting.Count >= Queue)
            {
                _refused += _counts ? 1 : 0;
                return;
            }

            _waiting.Enqueue((now, size));
        }
    }

    private void EndUntil(double now)
    {
        while (_ends.TryPeek(out int seller, out double at) && at <= now)
        {
            _ends.Dequeue();
            Occupy(seller, -1);
            CallWaiting(at);
        }
    }

    private void CallWaiting(double now)
    {
        while (_waiting.TryPeek(out (double Came, double Size) job) && TryServe(now, job.Came, job.Size))
        {
            _waiting.Dequeue();
        }
    }

    private bool TryServe(double now, double came, double size)
    {
        (int seller, double price) = Choose(size);
        if (seller < 0)
        {
            return false;
        }

        Occupy(seller, 1);
        _ends.Enqueue(seller, now + size);
        _profit[seller] += (price - _costs[seller]) * size;
        if (_counts)
        {
            _work[seller] += size;
            _revenue[seller] += price * size;
            _cost += _costs[seller] * size;
            _times.Add(now + size - came);
        }

        return true;
    }

    private (int Seller, double Price) Choose(double size) => _settings.Rule switch
    {
        SimulationRule.LeastLoaded => Paid(Best(static (market, seller) => market._running[seller])),
        SimulationRule.FirstPrice => Paid(Best(static (market, seller) => market._asks[seller])),
        SimulationRule.InverseSquare => Paid(Drawn()),
        _ => Cleared(size),
    };

    private (int Seller, double Price) Paid(int seller) => (seller, seller < 0 ? 0 : _asks[seller]);

    private bool IsFree(int seller) => _running[seller] < SimulationSettings.Slots && _asks[seller] <= SimulationSettings.Cap;

    private int Best(Func<MarketSimulation, int, double> score)
    {
        int best = -1;
        for (int seller = 0; seller < SimulationSettings.Sellers; seller++)
        {
            if (IsFree(seller) && (best < 0 || score(this, seller) < score(this, best)))
            {
                best = seller;
            }
        }

        return best;
    }

    private int Drawn()
    {
        double all = 0;
        for (int seller = 0; seller < SimulationSettings.Sellers; seller++)
        {
            all += IsFree(seller) ? 1 / (_asks[seller] * _asks[seller]) : 0;
        }

        double left = _choice.NextDouble() * all;
        int last = -1;
        for (int seller = 0; seller < SimulationSettings.Sellers && left >= 0; seller++)
        {
            if (IsFree(seller))
            {
                left -= 1 / (_asks[seller] * _asks[seller]);
                last = seller;
            }
        }

        return last;
    }

    private (int Seller, double Price) Cleared(double size)
    {
        double most = _settings.Rule == SimulationRule.SecondScoreReserve ? SimulationSettings.Reserve : SimulationSettings.Cap;
        var job = new Guid(_choice.Next(), 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]);
        var request = new ClearingRequest(job, 0, Math.Max(1, (long)(size * TokenPrices.TokensPerPrice)), 1, Prices(most), Nobody);
        ClearedOffer? best = MarketClearing.Clear(request, _rows).Best;
        return best is null ? (-1, 0) : (best.Offer.ContextTokens - 1, best.Price.Completion.Value / NanoPerUnit);
    }

    private void Occupy(int seller, int jobs)
    {
        _running[seller] += jobs;
        _rows[seller].SetFree(SimulationSettings.Slots - _running[seller], Now);
    }

    private void Learn()
    {
        for (int seller = 0; seller < SimulationSettings.Sellers; seller++)
        {
            if (seller >= _settings.Colluders)
            {
                _learning[seller].Learn(_profit[seller]);
            }
        }

        if (_settings.Colluders > 0)
        {
            _learning[0].Learn(_profit.Take(_settings.Colluders).Sum());
        }

        Array.Clear(_profit);
        Ask();
    }

    private void Ask()
    {
        for (int seller = 0; seller < SimulationSettings.Sellers; seller++)
        {
            _asks[seller] = _costs[seller] * _learning[seller].Multiple;

            // The number of the seller stands in its context, by which it is found again.
            var offer = new Offer($"seller-{seller}", $"provider-{seller}", "house", "", seller + 1, Prices(_asks[seller]), SimulationSettings.Slots, SimulationSettings.Slots);
            _rows[seller] = ClearingRow.Of(offer, SimulationSettings.Slots - _running[seller], 0, "", Now);
        }
    }

    private SimulationOutcome Outcome()
    {
        double work = _work.Sum(), revenue = _revenue.Sum();
        double[] times = [.. _times.Order()];
        return new SimulationOutcome(
            revenue / work, (revenue - _cost) / work, _revenue.Sum(one => one / revenue * (one / revenue)), _work.Max() / work, times[times.Length / 2], times[(int)(times.Length * 0.99)], _refused / (double)_jobs);
    }

    private static TokenPrices Prices(double price) => new(default, default, new Nano((long)(price * NanoPerUnit)));

    private static double Exponential(Random random) => -Math.Log(1 - random.NextDouble());

    private static double Normal(Random random) => Math.Sqrt(2 * Exponential(random)) * Math.Cos(2 * Math.PI * random.NextDouble());
}
