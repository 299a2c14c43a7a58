using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using CocoonOrleans.Benchmarks.Engine;
using CocoonOrleans.Market;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Chain;
using CocoonOrleans.Ton.Messages;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Benchmarks.Settlement;

/// <summary>What settlement costs: cells and signatures, vouchers and the chain's answers in the books, and what the chain takes of the money that moves.</summary>
/// <param name="options">How often.</param>
/// <param name="progress">For people.</param>
internal sealed class SettlementBenchmark(EngineBenchmarkOptions options, TextWriter progress)
{
    private const int Channels = 1_000;
    private const int CellsPerRun = 20_000;
    private const int SignaturesPerRun = 1_000;
    private const int VouchersPerRun = 200;
    private const int CommitsPerRun = 200;
    private const ulong Turns = 20;
    private const int Transactions = 100;

    /// <summary>The defaults of section <c>Channels</c>, in nano, and how many times its fee a charge moves at least (<c>docs/settlement.md</c>).</summary>
    private const double ChargeAt = 2e9;
    private const double TopUpBy = 10e9;
    private const double FeesPerCharge = 1_000;
    private const double FirstDeposit = 1e9;

    /// <summary>How many fees a charge, and how many a top-up, must move so that each takes half of what may be lost.</summary>
    private const double PerHalf = 2 / LargestShare;
    private const double LaterPrices = 1 / 6.0;

    /// <summary>What may be lost to the chain: a thousandth.</summary>
    private const double LargestShare = 0.001;

    private static readonly Nano Gas = new(100_000_000);

    private readonly List<BenchmarkRatio> _ratios = [];
    private readonly List<string> _notes = [];

    /// <summary>Measures everything.</summary>
    /// <exception cref="IOException">The development chain can't be started.</exception>
    public async Task<BenchmarkReport> RunAsync()
    {
        var (loadBefore, started) = (BenchmarkMachine.Load(), TimeProvider.System.GetUtcNow());
        using var key = new SigningKey(RandomNumberGenerator.GetBytes(32));
        MeasureCells(key);
        await MeasureVouchersAsync();
        await MeasureChainAsync(key);
        return new BenchmarkReport(BenchmarkMachine.Describe(loadBefore, started), Threads: 1, _ratios, _notes);
    }

    private void MeasureCells(SigningKey key)
    {
        progress.WriteLine("cells and signatures");
        var address = new Ton.Addresses.TonAddress(0, new Bits256(RandomNumberGenerator.GetBytes(32)));
        var bytes = new byte[103];
        var voucher = Make(address, 1);
        var signed = voucher.Sign(key);
        List<(StepTimes, StepTimes)> cells = [], signatures = [];
        for (var pair = 0; pair <= options.Pairs; pair++)
        {
            var built = Repeat(CellsPerRun, index => Demand(Make(address, (ulong)index + 1).ToCell().Hash != default));
            var hashed = Repeat(CellsPerRun, _ => SHA256.HashData(bytes));
            var verified = Repeat(SignaturesPerRun, _ => Demand(signed.IsSignedBy(key.PublicKey)));
            var made = Repeat(SignaturesPerRun, index => Make(address, (ulong)index + 1).Sign(key));
            if (pair > 0)
            {
                cells.Add((built, hashed));
                signatures.Add((made, verified));
            }
        }

        Add(BenchmarkRatio.OfCpu("a voucher's cell built and hashed against SHA-256 of as many bytes", null, cells));
        Add(BenchmarkRatio.OfCpu("a voucher signed against one verified", null, signatures));
    }

    private async Task MeasureVouchersAsync()
    {
        progress.WriteLine($"vouchers in the books: {Channels} channels");
        await using var ledger = await VoucherLedger.MakeAsync(Channels);
        List<(StepTimes, StepTimes)> one = [], many = [], books = [];
        for (var pair = 0; pair <= options.Pairs; pair++)
        {
            var bare = Repeat(CommitsPerRun, _ => ledger.CommitBare());
            var single = await RepeatAsync(VouchersPerRun, 1, (_, _) => ledger.SignAsync(0));
            var all = await RepeatAsync(1, Channels, (_, channel) => ledger.SignAsync(channel));
            var round = pair;
            var reconciled = await RepeatAsync(1, Channels, (_, channel) => ledger.ReconcileAsync(channel, round + 2));
            if (pair > 0)
            {
                one.Add((single, bare));
                many.Add((all, bare));
                books.Add((reconciled, bare));
            }
        }

        Add(BenchmarkRatio.Of("vouchers signed and stored, one channel, one after the other, against the disk's bare commits", null, one));
        Add(BenchmarkRatio.Of($"vouchers signed and stored, {Channels} channels at once, against the disk's bare commits", null, many));
        Add(BenchmarkRatio.Of($"states of {Channels} channels taken into the books against the disk's bare commits", null, books));
    }

    private async Task MeasureChainAsync(SigningKey key)
    {
        progress.WriteLine("the development chain: deposits and charges on the real TVM");
        await using var chain = await DevelopmentChainProcess.StartAsync();
        using var payeeKey = new SigningKey(RandomNumberGenerator.GetBytes(32));
        var payer = await chain.FundAsync(key, 1_000);
        var payee = await chain.FundAsync(payeeKey, 1);
        var terms = new ChannelTerms(payer.Address, key.PublicKey, payee.Address, payeeKey.PublicKey, 60, 7);
        var deposit = Nano.FromCoins(100);
        await chain.SendAsync(payer, key, new OutgoingMessage(payee.Address, Gas, Cell.Empty));
        var unfunded = await TotalAsync(chain, payer.Address, payee.Address, terms.Address);
        await chain.SendAsync(payer, key, new OutgoingMessage(terms.Address, deposit + Gas, ChannelMessages.TopUp(1, deposit), Init: terms.Init));
        var opening = (unfunded - await TotalAsync(chain, payer.Address, payee.Address, terms.Address)).Value;
        var prices = ChainPrices.Read(
            await chain.Client.GetConfigParamAsync(ChainPrices.GasParameter, CancellationToken.None), await chain.Client.GetConfigParamAsync(ChainPrices.ForwardParameter, CancellationToken.None));

        // What all of them have together only shrinks by what the chain takes.
        async Task<double> FeeAsync(Func<ulong, Cell> body, Func<ulong, Nano> value)
        {
            var before = await TotalAsync(chain, payer.Address, payee.Address, terms.Address);
            for (var turn = 0UL; turn < Turns; turn++)
            {
                await chain.SendAsync(payer, key, new OutgoingMessage(terms.Address, value(turn) + Gas, body(turn)));
            }

            return (before - await TotalAsync(chain, payer.Address, payee.Address, terms.Address)).Value / (double)Turns;
        }

        var charge = await FeeAsync(
            turn => ChannelMessages.Charge(turn, new Voucher(TonNetwork.Development, terms.Address, turn + 1, Nano.FromCoins((long)turn + 1), VoucherContext.First).Sign(key)), _ => Nano.Zero);
        var topUp = await FeeAsync(turn => ChannelMessages.TopUp(turn, Nano.FromCoins(1)), _ => Nano.FromCoins(1));
        Note($"On the development chain, which has prices of December 2025, a charge costs {Coins(charge)} coins ({Coins(prices.OfCharge().Value)} by our estimate) and a top-up {Coins(topUp)}. By public pages prices fell to a sixth in April 2026; no live chain was asked.");
        foreach (var (times, when) in ((double, string)[])[(LaterPrices, "a sixth of the prices of December 2025"), (1, "prices of December 2025")])
        {
            var moved = Math.Max(ChargeAt, FeesPerCharge * charge * times);
            Note(string.Create(CultureInfo.InvariantCulture, $"With {when} the chain takes less than a thousandth from charges of {Coins(PerHalf * charge * times)} and top-ups of {Coins(PerHalf * topUp * times)} coins on; of a new channel's first {Coins(FirstDeposit)} coin, opened and charged once, it takes {100 * times * (opening + charge) / FirstDeposit:0.00} %."));
            Share($"chain cost of a channel, charged at {Coins(moved)} coins and topped up by {Coins(TopUpBy)}, against a thousandth of the money, {when}", times * ((charge / moved) + (topUp / TopUpBy)));
        }

        var rows = await chain.Client.GetTransactionsAsync(terms.Address, null, Transactions, CancellationToken.None);
        var cells = await chain.ReadRowsAsync(terms.Address, Transactions);
        List<(StepTimes, StepTimes)> reads = [];
        for (var pair = 0; pair <= options.Pairs; pair++)
        {
            var ours = Repeat(cells.Count * 20, index => TransactionReader.Read(Boc.Parse(cells[index % cells.Count])));
            var asked = await RepeatAsync(5, 1, (_, _) => chain.Client.GetTransactionsAsync(terms.Address, null, Transactions, CancellationToken.None));
            if (pair > 0)
            {
                reads.Add((ours, new StepTimes(asked.Wall / rows.Count, asked.Cpu / rows.Count)));
            }
        }

        Add(BenchmarkRatio.Of("a transaction read, hashed and understood against one that the development chain is asked for", null, reads));
    }

    private static Voucher Make(Ton.Addresses.TonAddress channel, ulong serial) => new(TonNetwork.Development, channel, serial, new Nano((long)serial), VoucherContext.First);

    private static void Demand(bool holds)
    {
        if (!holds)
        {
            throw new InvalidOperationException("A signature does not hold.");
        }
    }

    private static async Task<Nano> TotalAsync(DevelopmentChainProcess chain, params Ton.Addresses.TonAddress[] addresses)
    {
        var sum = Nano.Zero;
        foreach (var address in addresses)
        {
            sum += await chain.BalanceAsync(address);
        }

        return sum;
    }

    private static StepTimes Repeat(int steps, Action<int> step)
    {
        using var process = Process.GetCurrentProcess();
        var (cpu, start) = (process.TotalProcessorTime, Stopwatch.GetTimestamp());
        for (var index = 0; index < steps; index++)
        {
            step(index);
        }

        var wall = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        process.Refresh();
        return new StepTimes(wall / steps, (process.TotalProcessorTime - cpu).TotalMilliseconds / steps);
    }

    private static async Task<StepTimes> RepeatAsync(int rounds, int atOnce, Func<int, int, Task> step)
    {
        using var process = Process.GetCurrentProcess();
        var (cpu, start) = (process.TotalProcessorTime, Stopwatch.GetTimestamp());
        for (var round = 0; round < rounds; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, atOnce).Select(index => step(round, index)));
        }

        var wall = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        process.Refresh();
        var steps = rounds * atOnce;
        return new StepTimes(wall / steps, (process.TotalProcessorTime - cpu).TotalMilliseconds / steps);
    }

    private static string Coins(double nano) => (nano / 1e9).ToString("0.0000", CultureInfo.InvariantCulture);

    private void Add(BenchmarkRatio ratio)
    {
        _ratios.Add(ratio);
        Note(string.Create(CultureInfo.InvariantCulture, $"{ratio.Name}: {1000 / ratio.OursMilliseconds:0} against {1000 / ratio.OtherMilliseconds:0} a second."));
    }

    private void Share(string name, double share) => _ratios.Add(new BenchmarkRatio(
        string.Create(CultureInfo.InvariantCulture, $"{name} ({100 * share:0.000} %)"), Math.Round(LargestShare / share, 3), 1, share <= LargestShare, 0, 0, 0, 0, 0, 0));

    private void Note(string note)
    {
        progress.WriteLine(note);
        _notes.Add(note);
    }
}
