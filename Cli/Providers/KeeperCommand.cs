using System.CommandLine;
using System.Globalization;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Market;
using CocoonOrleans.Ton.Chain;
using Spectre.Console;

namespace CocoonOrleans.Cli.Providers;

/// <summary><c>cocoon worker keeper</c>: watches over a provider's money: verifies and keeps its vouchers, and pauses its workers where their work is not promised.</summary>
internal static class KeeperCommand
{
    private static readonly TimeSpan ChainTimeout = TimeSpan.FromSeconds(30);

    public static Command Create()
    {
        var workers = new Option<string[]>("--worker") { Description = "The data folder of a worker of yours; once for each. Without one of ./cocoon up --settle's first worker.", HelpName = "folder", AllowMultipleArgumentsPerToken = true };
        var chain = GatewayOptions.UriOption("--chain", "The chain's API (toncenter, version 2), up to and with /api/v2/: what the chain says is asked of no operator.");
        chain.Required = true;
        var limit = new Option<decimal>("--limit") { Description = "How many coins of work may be without a voucher before the workers are paused.", DefaultValueFactory = _ => 0.5m, HelpName = "coins" };
        var interval = new Option<int>("--interval") { Description = "How many seconds from one look to the next.", DefaultValueFactory = _ => 10, HelpName = "1..3600", CustomParser = WholeNumber.Between(1, 3600) };
        var once = new Option<bool>("--once") { Description = "Look once, and stop. Exit code 1 where something is wrong." };
        var keys = new ProviderKeyOptions();
        var command = new Command("keeper", "Watch over your money: verify each voucher against the chain, keep the best, and pause your workers while too much of their work is not promised.") { workers, chain, limit, interval, once };
        keys.AddTo(command);
        return command.Runs(async (result, output, cancellationToken) =>
        {
            var (key, network) = keys.Open(result);
            using var owned = key;
            using var gateway = keys.OpenGateway(result);
            var address = result.GetRequiredValue(chain)!;
            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = !address.IsLoopback }) { Timeout = ChainTimeout };
            string[] folders = result.GetValue(workers) is { Length: > 0 } named ? named : [System.IO.Path.Combine(keys.Folder(result), "worker-1")];
            var keeper = new Keeper(
                new ToncenterClient(http, new ToncenterOptions { Address = address, Timeout = ChainTimeout }, TimeProvider.System),
                gateway,
                key,
                network,
                new DataFolder(keys.Folder(result)).Folder("keeper"),
                folders,
                new Nano((long)(Math.Clamp(result.GetValue(limit), 0, 1_000_000) * Nano.PerCoin)),
                TimeProvider.System);
            return await RunAsync(keeper, TimeSpan.FromSeconds(result.GetValue(interval)), result.GetValue(once), output, cancellationToken);
        });
    }

    private static async Task<int> RunAsync(Keeper keeper, TimeSpan interval, bool once, CommandOutput output, CancellationToken cancellationToken)
    {
        var report = await keeper.LookAsync(cancellationToken);
        Show(report, output);
        try
        {
            while (!once)
            {
                await Task.Delay(interval, TimeProvider.System, cancellationToken);
                var next = await keeper.LookAsync(cancellationToken);
                if (!next.SaysTheSameAs(report))
                {
                    Show(next, output);
                }

                report = next;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            output.Text.WriteLine("Stopped. The workers stay as they are.");
        }

        output.Result(report, CommandJson.Default.KeeperReport);
        return once && (report.Problems.Count > 0 || report.Paused) ? ExitCode.Failed : ExitCode.Success;
    }

    private static void Show(KeeperReport report, CommandOutput output)
    {
        output.Text.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.At:u}: {report.DueNano ?? "?"} nano due, {report.PromisedNano} of them promised by vouchers that are good; the workers {(report.Paused ? "are paused" : "take jobs")}"));
        foreach (var problem in report.Problems)
        {
            output.Console.MarkupLineInterpolated($"[red]{problem}[/]");
        }
    }
}
