using System.Diagnostics;
using System.Globalization;
using CocoonOrleans.Benchmarks.Engine;
using CocoonOrleans.Market;
using CocoonOrleans.Market.Clearing;
using CocoonOrleans.Market.Offers;
using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Benchmarks.Market;

/// <summary>What the market's rule does to prices, against others on the same demand; how long a clearing takes, and how much memory a large book.</summary>
/// <param name="options">How much.</param>
/// <param name="progress">Told what is under way.</param>
internal sealed class MarketBenchmark(MarketBenchmarkOptions options, TextWriter progress)
{
    private const int OffersOfAModel = 1000;
    private const int ClearingsPerRound = 4000;
    private const double ClearingLimitMs = 0.020;
    private const int Workers = 10_000;
    private const int ModelsPerWorker = 10;
    private const double MemoryLimitMb = 500;
    private const int Colluders = 6;

    private static readonly double[] Loads = [0.3, 0.6, 0.85];
    private static readonly double[] PriceTargets = [1 / 0.4, 1 / 0.5, 1 / 0.65];
    private static readonly SimulationRule[] Rules = Enum.GetValues<SimulationRule>();
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(60);

    /// <summary>Measures.</summary>
    public BenchmarkReport Run()
    {
        (double load, DateTimeOffset at) = (BenchmarkMachine.Load(), TimeProvider.System.GetUtcNow());
        BenchmarkRatio clearing = Clearing(), memory = Memory();
        var outcomes = new Dictionary<(SimulationRule Rule, double Load, bool Colludes), SimulationOutcome[]>();
        foreach ((SimulationRule rule, double share, bool colludes) in from rule in Rules from share in Loads from colludes in new[] { false, true } select (rule, share, colludes))
        {
            progress.WriteLine($"{Name(rule)}, load {share.ToString(CultureInfo.InvariantCulture)}{(colludes ? ", 30 % collude" : "")}");
            outcomes[(rule, share, colludes)] = [.. Enumerable.Range(1, options.Pairs).AsParallel().AsOrdered().Select(seed => MarketSimulation.Run(new SimulationSettings(rule, share, colludes ? Colluders : 0, seed)))];
        }

        if (options.Plots is { } folder)
        {
            Directory.CreateDirectory(folder);
            Plot(folder, "market-price.svg", "Mean price of a unit of work, median cost about 1; by load, sellers on their own", outcomes, colludes: false, static outcome => outcome.Price);
            Plot(folder, "market-price-collusion.svg", "The same, six of twenty sellers asking as one", outcomes, colludes: true, static outcome => outcome.Price);
            Plot(folder, "market-p99.svg", "Time that one job of a hundred exceeds, in mean jobs; by load", outcomes, colludes: false, static outcome => outcome.P99);
        }

        return new BenchmarkReport(BenchmarkMachine.Describe(load, at), 1, [clearing, memory, .. Ratios(outcomes)], [.. Notes(outcomes)]);
    }

    private static IEnumerable<BenchmarkRatio> Ratios(Dictionary<(SimulationRule Rule, double Load, bool Colludes), SimulationOutcome[]> outcomes)
    {
        for (int i = 0; i < Loads.Length; i++)
        {
            SimulationOutcome[] ours = outcomes[(SimulationRule.SecondScoreReserve, Loads[i], false)], colluding = outcomes[(SimulationRule.SecondScoreReserve, Loads[i], true)];
            SimulationOutcome[] cocoon = outcomes[(SimulationRule.LeastLoaded, Loads[i], false)], cocoonColluding = outcomes[(SimulationRule.LeastLoaded, Loads[i], true)];
            string at = $"at load {Loads[i].ToString(CultureInfo.InvariantCulture)}";
            yield return Ratio($"price of COCOON's rule over ours {at}", PriceTargets[i], cocoon, ours, static outcome => outcome.Price);
            yield return Ratio($"price without collusion over with it, ours {at}", 1 / 1.2, ours, colluding, static outcome => outcome.Price);
            yield return Ratio($"p99 of COCOON's rule over ours {at}", 1 / 1.1, cocoon, ours, static outcome => outcome.P99);
            yield return Ratio($"p99 of COCOON's rule over ours, with collusion {at}", 1 / 1.25, cocoonColluding, colluding, static outcome => outcome.P99);
        }

        SimulationOutcome[] slack = outcomes[(SimulationRule.SecondScoreReserve, Loads[0], false)];
        yield return Against("concentration of 0.15 (HHI) over ours at load 0.3", 0.15, slack, static outcome => outcome.Concentration);
        yield return Against("a share of 0.4 over the largest seller's, ours at load 0.3", 0.4, slack, static outcome => outcome.LargestShare);
    }

    private static BenchmarkRatio Against(string name, double limit, SimulationOutcome[] ours, Func<SimulationOutcome, double> measure) =>
        Ratio(name, [.. ours.Select(one => limit / measure(one))], 1);

    private static BenchmarkRatio Ratio(string name, double target, SimulationOutcome[] other, SimulationOutcome[] ours, Func<SimulationOutcome, double> measure) =>
        Ratio(name, [.. other.Zip(ours, (left, right) => measure(left) / measure(right))], target);

    /// <summary>No times are compared here: those fields are 0.</summary>
    private static BenchmarkRatio Ratio(string name, double[] values, double target)
    {
        double[] ordered = [.. values.Order()];
        double value = Math.Round(StepTimes.Median(ordered), 3);
        return new BenchmarkRatio(name, value, Math.Round(target, 3), value >= Math.Round(target, 3), Math.Round(ordered[0], 3), Math.Round(ordered[^1], 3), 0, 0, 0, 0);
    }

    private BenchmarkRatio Clearing()
    {
        progress.WriteLine($"clearing of {OffersOfAModel} offers");
        var random = new Random(7);
        ClearingRow[] rows = [.. Enumerable.Range(0, OffersOfAModel).Select(i => ClearingRow.Of(
            new Offer(Convert.ToHexStringLower(BitConverter.GetBytes((long)i)).PadLeft(64, '0'), $"provider-{i % 300}", "house", "", 8192, Prices(random.Next(10_000_000, 60_000_000)), 8, random.Next(0, 9)) { Settled = 500, Failed = random.Next(20) },
            random.Next(0, 9), 1, "none", Now))];
        ClearingRequest[] requests = [.. Enumerable.Range(0, 64).Select(i => new ClearingRequest(Guid.NewGuid(), 200 + (i * 17), 300, 2000, Prices(80_000_000), new HashSet<string>()) { Reserve = Prices(50_000_000) })];
        Round();
        return BenchmarkRatio.Of($"20 us over the clearing of one request among {OffersOfAModel} offers", target: 1, [.. Enumerable.Range(0, options.Pairs).Select(_ => (Round(), new StepTimes(ClearingLimitMs, ClearingLimitMs)))]);

        StepTimes Round()
        {
            var times = new double[ClearingsPerRound];
            for (int i = 0; i < times.Length; i++)
            {
                long start = Stopwatch.GetTimestamp();
                if (MarketClearing.Clear(requests[i % requests.Length], rows).Best is null)
                {
                    throw new InvalidOperationException("Nobody could serve.");
                }

                times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }

            double median = StepTimes.Median(times);
            return new StepTimes(median, median);
        }
    }

    private BenchmarkRatio Memory()
    {
        progress.WriteLine($"memory of {Workers * ModelsPerWorker} signed offers");
        long before = GC.GetTotalMemory(forceFullCollection: true);
        var books = new List<(Dictionary<string, (Offer Offer, DateTimeOffset Until)> ByWorker, Offer[] Snapshot, ClearingRow[] Rows)>();
        for (int model = 0; model < ModelsPerWorker; model++)
        {
            Dictionary<string, (Offer Offer, DateTimeOffset Until)> byWorker = [];
            for (int worker = 0; worker < Workers; worker++)
            {
                Offer offer = Signed(worker, model);
                byWorker[offer.WorkerId] = (offer, Now);
            }

            Offer[] snapshot = [.. byWorker.Values.Select(static entry => entry.Offer)];
            books.Add((byWorker, snapshot, [.. snapshot.Select(static offer => ClearingRow.Of(offer, 4, 1, "none", Now))]));
        }

        double megabytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / (1024.0 * 1024);
        GC.KeepAlive(books);
        return Ratio(string.Create(CultureInfo.InvariantCulture, $"500 MB over {megabytes:0} MB for {Workers * ModelsPerWorker} signed offers of {Workers} workers, books and a gateway's rows together"), [MemoryLimitMb / megabytes], 1);
    }

    private static Offer Signed(int worker, int model)
    {
        string id = worker.ToString("x64", CultureInfo.InvariantCulture);
        var terms = new OfferTerms
        {
            NetworkId = "local",
            WorkerId = id,
            Serial = 1,
            Issued = DateTimeOffset.UnixEpoch,
            Expires = DateTimeOffset.UnixEpoch.AddSeconds(60),
            Model = $"model-{model}",
            ManifestSha256 = id,
            Quantisation = "none",
            Tier = 1,
            Prices = Prices(20_000_000 + worker),
            LoadCurve = [new LoadPoint(0, 900), new LoadPoint(1000, 1500)],
            Slots = 8,
            ContextTokens = 8192,
        };
        return PostedOffer.TryRead(OfferEncoding.Encode(terms), new byte[PostedOffer.SignatureBytes], out PostedOffer? posted, out string? fault)
            ? new Offer(id, $"provider-{worker}", terms.Model, id, 8192, terms.Prices, 8, 4, posted)
            : throw new InvalidOperationException(fault);
    }

    private static void Plot(
        string folder, string file, string title, Dictionary<(SimulationRule Rule, double Load, bool Colludes), SimulationOutcome[]> outcomes, bool colludes, Func<SimulationOutcome, double> measure) =>
        File.WriteAllText(Path.Combine(folder, file), BarChart.Draw(
            title,
            [.. Loads.Select(static load => string.Create(CultureInfo.InvariantCulture, $"load {load}"))],
            [.. Rules.Select(rule => (Name(rule), Loads.Select(load => measure(SimulationOutcome.Mean(outcomes[(rule, load, colludes)]))).ToArray()))]));

    private static IEnumerable<string> Notes(Dictionary<(SimulationRule Rule, double Load, bool Colludes), SimulationOutcome[]> outcomes)
    {
        yield return $"Simulated: {SimulationSettings.Sellers} sellers of {SimulationSettings.Slots} slots, log-normal costs of median 1, each learning its ask (epsilon-greedy over multiples of its cost, 1 to 4); buyers cap at 4; the same demand, costs and seeds for every rule.";
        yield return "rule; load; collusion: price, sellers' surplus, HHI, largest share, p50, p99, refused";
        foreach (((SimulationRule rule, double load, bool colludes), SimulationOutcome[] runs) in outcomes)
        {
            SimulationOutcome mean = SimulationOutcome.Mean(runs);
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{Name(rule)}; {load}; {(colludes ? "30 %" : "none")}: {mean.Price:0.00}, {mean.Surplus:0.00}, {mean.Concentration:0.000}, {mean.LargestShare:0.00}, {mean.P50:0.00}, {mean.P99:0.00}, {mean.Refused:0.0000}");
        }
    }

    private static string Name(SimulationRule rule) => rule switch
    {
        SimulationRule.LeastLoaded => "COCOON: least loaded",
        SimulationRule.InverseSquare => "inverse square",
        SimulationRule.FirstPrice => "first price",
        SimulationRule.SecondScore => "second score",
        _ => "second score, reserve 2",
    };

    private static TokenPrices Prices(long price) => new(new Nano(price), new Nano(price / 4), new Nano(price * 2));
}
