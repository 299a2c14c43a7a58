using System.Globalization;
using CocoonOrleans.Cli.Accounts;
using CocoonOrleans.Cli.Models;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Cli.Processes;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Ledger.PostgreSql;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Cli.Benchmarks.Faults;

/// <summary>
/// Three silos on PostgreSQL, a gateway and two workers, each a process, under load; a silo is killed, and a silo is made to stand still for ten seconds. How many
/// requests fail, how much later answers come, and when every account can be reached again.
/// </summary>
/// <param name="database">The database.</param>
/// <param name="rounds">How often each fault is made, each time of another silo.</param>
/// <param name="output">For people.</param>
internal sealed class FaultBenchmark(BenchDatabase database, int rounds, CommandOutput output)
{
    private const int Accounts = 12;
    private const int Clients = 6;

    /// <summary>What is asked for (issue "Cluster"): no failed request and at most 3 s more when a silo dies, every account reached within 1.5 s, and 6 s for one that stands still.</summary>
    private const double AddedWhenKilled = 3_000;
    private const double ReachedWhenKilled = 1_500;
    private const double AddedWhenStopped = 6_000;

    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan StandsStill = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _clock = TimeProvider.System;

    /// <summary>Measures.</summary>
    /// <exception cref="CommandFailedException">The network did not start, or the book is not in order afterwards.</exception>
    public async Task<(IReadOnlyList<BenchRatio> Ratios, IReadOnlyList<string> Notes)> RunAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("cocoon-bench-");
        try
        {
            var artifacts = BuiltArtifacts.Find();
            var data = new DataFolder(folder.FullName);
            var file = Path.Combine(folder.FullName, "database");
            await File.WriteAllTextAsync(file, "", cancellationToken);
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            await File.WriteAllTextAsync(file, await database.CreateAsync("faults", cancellationToken), cancellationToken);
            var options = await ScriptedWorkers.InAllAsync(
                new LocalNetworkOptions
                {
                    Artifacts = artifacts,
                    Data = data,
                    ModelName = HouseModelFolder.Name,
                    ModelFolder = HouseModelFolder.Path(artifacts),
                    Port = FreePorts.Take(1)[0],
                    Silos = 3,
                    Workers = 2,
                    DatabaseFile = file,
                    GatewaySettings = ["--Gateway:Limits:RequestsPerMinutePerKey=1000000"],
                },
                cancellationToken);
            await using var network = LocalNetwork.Create(options, _clock);
            await new NetworkStart(network, options, _clock).RunAsync(output, cancellationToken);
            return await MeasureAsync(network, data, await File.ReadAllTextAsync(file, cancellationToken), cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task<(IReadOnlyList<BenchRatio> Ratios, IReadOnlyList<string> Notes)> MeasureAsync(LocalNetwork network, DataFolder data, string connection, CancellationToken cancellationToken)
    {
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watch = network.WatchAsync(output.Text.WriteLine, watching.Token);
        using var admin = AdminClient.Of(network.Topology.AdminUrl, data);
        List<string> keys = [];
        for (var number = 0; number < Accounts; number++)
        {
            keys.Add((await admin.CreateAccountAsync($"bench {number}", cancellationToken)).ApiKey);
        }

        List<Fault> killed = [], stopped = [];
        IReadOnlyCollection<FaultLoad.Request> requests, looks;
        double calmFrom, calmTo;
        await using (var load = new FaultLoad(network.Topology.Url, network.Topology.Model.Name, keys, Clients))
        {
            await Task.Delay(Warm, _clock, cancellationToken);
            calmFrom = FaultLoad.Now;
            await Task.Delay(Calm, _clock, cancellationToken);
            calmTo = FaultLoad.Now;
            SupervisedProcess[] silos = [network.Silo, .. network.MoreSilos];
            for (var round = 0; round < rounds; round++)
            {
                killed.Add(await KillAsync(silos[round % silos.Length], cancellationToken));
                stopped.Add(await StopAsync(silos[(round + 1) % silos.Length], cancellationToken));
            }

            await load.StopAsync();
            (requests, looks) = (load.Requests, load.Looks);
        }

        await watching.CancelAsync();
        await watch.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        var killedProcesses = await network.StopAsync();
        await CheckBookAsync(connection, cancellationToken);
        if (requests.FirstOrDefault(request => !request.IsTold) is { } untold)
        {
            throw new CommandFailedException($"A request got neither its whole answer nor an error that says what it is: {untold.Failure}.", "That is a fault of the gateway: report it.");
        }

        double[] calm = [.. requests.Where(request => request.Start >= calmFrom && request.End <= calmTo).Select(request => request.Took)];
        List<BenchRatio> ratios = [];
        List<string> notes = [];
        notes.Add(string.Create(CultureInfo.InvariantCulture, $"Calm: {calm.Length / (calmTo - calmFrom) * 1000:0} requests/s by {Clients} clients, half of them streams; p50 {At(calm, 0.5):0} ms, p99 {At(calm, 0.99):0} ms. {requests.Count} requests in all."));
        Tell("killed", killed, AddedWhenKilled, ReachedWhenKilled, requests, looks, calm, keys, ratios, notes);
        Tell($"stopped for {StandsStill.TotalSeconds:0} s", stopped, AddedWhenStopped, AddedWhenStopped, requests, looks, calm, keys, ratios, notes);
        notes.Add(killedProcesses.Count == 0 ? "Afterwards every process stopped by itself, no hold was open, and every rule of the book held." : $"Afterwards no hold was open and every rule of the book held, but these had to be killed: {string.Join(", ", killedProcesses)}.");
        return (ratios, notes);
    }

    private async Task<Fault> KillAsync(SupervisedProcess silo, CancellationToken cancellationToken)
    {
        output.Text.WriteLine($"kill -9 of {silo.Name}");
        var at = FaultLoad.Now;
        Signal.Kill(silo.Current.Id);
        await Task.Delay(Watched + Calm, _clock, cancellationToken);
        return new Fault(at, FaultLoad.Now);
    }

    private async Task<Fault> StopAsync(SupervisedProcess silo, CancellationToken cancellationToken)
    {
        output.Text.WriteLine($"SIGSTOP of {silo.Name} for {StandsStill.TotalSeconds:0} s");
        var at = FaultLoad.Now;
        var id = silo.Current.Id;
        Signal.Stop(id);
        try
        {
            await Task.Delay(StandsStill, _clock, cancellationToken);
        }
        finally
        {
            Signal.Continue(id);
        }

        await Task.Delay(Watched + Calm, _clock, cancellationToken);
        return new Fault(at, FaultLoad.Now);
    }

    private static void Tell(
        string what,
        IReadOnlyList<Fault> faults,
        double mostAdded,
        double mostReached,
        IReadOnlyCollection<FaultLoad.Request> requests,
        IReadOnlyCollection<FaultLoad.Request> looks,
        double[] calm,
        IReadOnlyList<string> keys,
        List<BenchRatio> ratios,
        List<string> notes)
    {
        // A fault concerns what was under way and what came while it was watched.
        FaultLoad.Request[] concerned = [.. requests.Where(request => faults.Any(fault => request.End >= fault.At && request.Start <= fault.Until))];
        FaultLoad.Request[] failed = [.. concerned.Where(request => request.Failure is not null)];
        var added = faults.Max(fault => At([.. requests.Where(request => request.End >= fault.At && request.Start <= fault.At + mostAdded).Select(request => request.Took)], 0.99)) - At(calm, 0.99);
        var longest = concerned.Max(request => request.Took);
        double[] reached =
        [
            .. faults.Select(fault => keys.Max(key => looks.Where(look => look.Key == key && look.Failure is null && look.Start >= fault.At).Select(look => look.End - fault.At).DefaultIfEmpty(fault.Until - fault.At).Min())),
        ];
        var silo = $"a silo {what}";
        ratios.Add(Ratio($"{silo}: requests that failed, of {concerned.Length}", failed.Length, 0, failed.Length == 0 ? 1 : 0));
        ratios.Add(Ratio(string.Create(CultureInfo.InvariantCulture, $"{silo}: p99 of requests around it above the calm p99 ({added:0} ms) against the {mostAdded:0} ms asked for"), added, mostAdded));
        ratios.Add(Ratio(string.Create(CultureInfo.InvariantCulture, $"{silo}: every account reached again ({reached.Max():0} ms) against the {mostReached:0} ms asked for"), reached.Max(), mostReached));
        notes.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"{silo}, {faults.Count} times: {failed.Length} of {concerned.Length} requests failed; longest request {longest:0} ms; all {keys.Count} accounts reached again after {string.Join(", ", reached.Select(value => value.ToString("0", CultureInfo.InvariantCulture)))} ms."));
        foreach (var kind in failed.GroupBy(request => request.Failure).OrderByDescending(kind => kind.Count()))
        {
            var fault = faults.Last(fault => kind.First().End >= fault.At);
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"  {kind.Count()} x {kind.Key}, from {kind.Min(request => request.End) - fault.At:0} to {kind.Max(request => request.End) - fault.At:0} ms after it."));
        }
    }

    private static BenchRatio Ratio(string name, double ours, double asked, double? value = null)
    {
        var ratio = Math.Round(value ?? asked / Math.Max(ours, 1), 3);
        return new BenchRatio(name, ratio, 1, ratio >= 1, ratio, ratio, Math.Round(ours, 3), asked, 0, 0);
    }

    private static double At(double[] values, double share)
    {
        if (values.Length == 0)
        {
            return 0;
        }

        double[] ordered = [.. values.Order()];
        return ordered[Math.Min(ordered.Length - 1, (int)(ordered.Length * share))];
    }

    private async Task CheckBookAsync(string connection, CancellationToken cancellationToken)
    {
        await using var ledger = new PostgreSqlLedger(Options.Create(new PostgreSqlLedgerOptions { ConnectionString = connection }), _clock, NullLogger<PostgreSqlLedger>.Instance);
        if (await ledger.CheckInvariantsAsync(cancellationToken) is { Count: > 0 } broken)
        {
            throw new CommandFailedException($"The book is wrong: {broken[0].Invariant} is broken by {broken[0].Subject}.", "That is a fault of the ledger: keep the database and report it.");
        }

        if (await ledger.ListExpiredHoldsAsync(DateTimeOffset.MaxValue.AddDays(-1), 0, 1, 1, cancellationToken) is { Count: > 0 } open)
        {
            throw new CommandFailedException($"The hold of job {open[0].JobId} is still open.", "Completions of it did not reach the ledger: see the gateway's log.");
        }
    }

    private sealed record Fault(double At, double Until);
}
