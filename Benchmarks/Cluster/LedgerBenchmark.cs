using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using CocoonOrleans.Benchmarks.Engine;
using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Holds;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Ledger.PostgreSql;
using CocoonOrleans.Market;
using CocoonOrleans.Market.Prices;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CocoonOrleans.Benchmarks.Cluster;

/// <summary>How many holds and captures a second the ledger does on PostgreSQL, beside how many commits a second the server does at all.</summary>
/// <param name="database">How to connect to a fresh database of a server that keeps what it commits. Never written anywhere: it holds a password.</param>
/// <param name="options">How often.</param>
/// <param name="progress">For people.</param>
internal sealed class LedgerBenchmark(string database, EngineBenchmarkOptions options, TextWriter progress)
{
    private const int Accounts = 1_000;
    private const int HotCallers = 4;
    private const int HotBatch = 256;
    private const int HotRounds = 6;
    private const int SpreadRounds = 4;
    private const int BareCommits = 400;
    private const int Alone = 200;
    private const int OperationsPerCall = 500;

    /// <summary>What is asked for, in milliseconds an operation: 10,000 a second on one account, and 4,000 over 1,000 accounts.</summary>
    private static readonly StepTimes HotTarget = new(0.1, 0.1);
    private static readonly StepTimes SpreadTarget = new(0.25, 0.25);

    private static readonly Nano Amount = new(1_000);
    private static readonly byte[] Hash = SHA256.HashData("request"u8);

    private readonly List<BenchmarkRatio> _ratios = [];
    private readonly List<string> _notes = [];

    /// <summary>Measures everything, and demands that the book is in order afterwards.</summary>
    /// <exception cref="IOException">The database can't be used.</exception>
    /// <exception cref="InvalidOperationException">An operation was refused, or a rule of the book is broken.</exception>
    public async Task<BenchmarkReport> RunAsync()
    {
        var (loadBefore, started) = (BenchmarkMachine.Load(), TimeProvider.System.GetUtcNow());
        await using var ledger = new PostgreSqlLedger(
            Options.Create(new PostgreSqlLedgerOptions { ConnectionString = database, AllowTreasuryTransfers = true, BusyTimeoutSeconds = 30 }), TimeProvider.System, NullLogger<PostgreSqlLedger>.Instance);
        await using var bare = NpgsqlDataSource.Create(database);
        await using var connection = await bare.OpenConnectionAsync();
        await using (var table = new NpgsqlCommand("CREATE TABLE bare (number BIGINT PRIMARY KEY, bytes BYTEA NOT NULL)", connection))
        {
            await table.ExecuteNonQueryAsync();
        }

        progress.WriteLine($"ledger on PostgreSQL: {Accounts} accounts, {options.Pairs} rounds");
        await OpenAccountsAsync(ledger);
        List<(StepTimes Ours, StepTimes Other)> hot = [], spread = [], alone = [];
        List<(StepTimes Ours, StepTimes Other)> hotAsked = [], spreadAsked = [];
        for (var pair = 0; pair <= options.Pairs; pair++)
        {
            var commits = await MeasureAsync(BareCommits, () => CommitBareAsync(connection));
            var one = await MeasureAsync(2 * Alone, () => RunAloneAsync(ledger));
            var hotTimes = await MeasureAsync(HotCallers * HotRounds * HotBatch * 2, () => RunHotAsync(ledger));
            var spreadTimes = await MeasureAsync(Accounts * SpreadRounds * 2, () => RunSpreadAsync(ledger));
            if (pair > 0)
            {
                alone.Add((one, commits));
                hot.Add((hotTimes, commits));
                spread.Add((spreadTimes, commits));
                hotAsked.Add((hotTimes, HotTarget));
                spreadAsked.Add((spreadTimes, SpreadTarget));
            }
        }

        Add(BenchmarkRatio.Of($"holds and captures on one account, {HotCallers} callers with {HotBatch} at once, against the 10,000/s asked for", 1, hotAsked));
        Add(BenchmarkRatio.Of($"holds and captures over {Accounts} accounts, one at a time each, against the 4,000/s asked for", 1, spreadAsked));
        Add(BenchmarkRatio.Of("holds and captures on one account in batches against the server's bare commits, one after the other", null, hot));
        Add(BenchmarkRatio.Of($"holds and captures over {Accounts} accounts against the server's bare commits", null, spread));
        Add(BenchmarkRatio.Of("a hold or a capture alone, one after the other, against the server's bare commits", null, alone));
        if (await ledger.CheckInvariantsAsync(CancellationToken.None) is { Count: > 0 } broken)
        {
            throw new InvalidOperationException($"The book is not in order afterwards: {broken[0].Invariant}.");
        }

        Note("Client, ledger and PostgreSQL share this machine's cores. Every rule of the book held afterwards.");
        return new BenchmarkReport(BenchmarkMachine.Describe(loadBefore, started), Threads: 1, _ratios, _notes);
    }

    private static async Task OpenAccountsAsync(PostgreSqlLedger ledger)
    {
        IEnumerable<LedgerOperation> operations =
        [
            new CreateAccount("provider", AccountClass.Provider, ""),
            .. Enumerable.Range(0, Accounts + 1).SelectMany(index => (LedgerOperation[])
            [
                new CreateAccount(Client(index), AccountClass.Client, ""),
                new Transfer(Guid.CreateVersion7(), WellKnownAccounts.Treasury, Client(index), Nano.FromCoins(1_000), "for a benchmark"),
            ]),
        ];
        foreach (var part in operations.Chunk(OperationsPerCall))
        {
            await ledger.ExecuteAsync(part, CancellationToken.None);
        }
    }

    private static async Task CommitBareAsync(NpgsqlConnection connection)
    {
        await using var insert = new NpgsqlCommand("INSERT INTO bare SELECT coalesce(max(number), 0) + 1, $1 FROM bare", connection) { Parameters = { new() { Value = new byte[200] } } };
        await insert.PrepareAsync();
        for (var index = 0; index < BareCommits; index++)
        {
            await insert.ExecuteNonQueryAsync();
        }
    }

    private static async Task RunAloneAsync(PostgreSqlLedger ledger)
    {
        for (var index = 0; index < Alone; index++)
        {
            var job = Guid.CreateVersion7();
            await DoAsync(ledger, [Hold(job, 0)]);
            await DoAsync(ledger, [Capture(job)]);
        }
    }

    private static Task RunHotAsync(PostgreSqlLedger ledger) => Task.WhenAll(Enumerable.Range(0, HotCallers).Select(_ => Task.Run(async () =>
    {
        for (var round = 0; round < HotRounds; round++)
        {
            Guid[] jobs = [.. Enumerable.Range(0, HotBatch).Select(_ => Guid.CreateVersion7())];
            await DoAsync(ledger, [.. jobs.Select(job => Hold(job, 0))]);
            await DoAsync(ledger, [.. jobs.Select(Capture)]);
        }
    })));

    private static Task RunSpreadAsync(PostgreSqlLedger ledger) => Task.WhenAll(Enumerable.Range(1, Accounts).Select(account => Task.Run(async () =>
    {
        for (var round = 0; round < SpreadRounds; round++)
        {
            var job = Guid.CreateVersion7();
            await DoAsync(ledger, [Hold(job, account)]);
            await DoAsync(ledger, [Capture(job)]);
        }
    })));

    private static async Task DoAsync(PostgreSqlLedger ledger, LedgerOperation[] operations)
    {
        var results = await ledger.ExecuteAsync(operations, CancellationToken.None);
        if (results.FirstOrDefault(result => result is not (HoldPlaced { Repeated: false } or HoldCaptured { Repeated: false })) is { } refused)
        {
            throw new InvalidOperationException($"The ledger refused what it should do: {refused.GetType().Name}.");
        }
    }

    private static string Client(int index) => $"client-{index}";

    private static PlaceHold Hold(Guid job, int client) => new()
    {
        JobId = job,
        AccountId = Client(client),
        ApiKeyId = null,
        Amount = Amount,
        ExpiresAt = TimeProvider.System.GetUtcNow().AddMinutes(5),
        RequestHash = Hash,
        Model = "house",
        PromptTokens = 100,
        MaxCompletionTokens = 200,
        PriceCap = new TokenPrices(new Nano(1_000), new Nano(500), new Nano(3_000)),
    };

    private static CaptureHold Capture(Guid job) => new()
    {
        JobId = job,
        ProviderAccountId = "provider",
        WorkerId = "worker",
        Prices = new TokenPrices(new Nano(900), new Nano(400), new Nano(2_000)),
        Usage = new TokenUsage(Prompt: 100, Cached: 0, Completion: 150),
        Amount = new Nano(700),
        Status = CompletionStatus.Complete,
        ReportHash = Hash,
    };

    private static async Task<StepTimes> MeasureAsync(int steps, Func<Task> work)
    {
        using var process = Process.GetCurrentProcess();
        var (cpu, start) = (process.TotalProcessorTime, Stopwatch.GetTimestamp());
        await work();
        var wall = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        process.Refresh();
        return new StepTimes(wall / steps, (process.TotalProcessorTime - cpu).TotalMilliseconds / steps);
    }

    private void Add(BenchmarkRatio ratio)
    {
        _ratios.Add(ratio);
        Note(string.Create(CultureInfo.InvariantCulture, $"{ratio.Name}: {1000 / ratio.OursMilliseconds:0} against {1000 / ratio.OtherMilliseconds:0} a second."));
    }

    private void Note(string note)
    {
        progress.WriteLine(note);
        _notes.Add(note);
    }
}
