using System.CommandLine;
using CocoonOrleans.Cli.Models;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Cli.Processes;
using CocoonOrleans.Cli.Settlement;
using CocoonOrleans.Cli.Terminal;
using Spectre.Console;

namespace CocoonOrleans.Cli.Demo;

/// <summary><c>cocoon demo</c>: a network comes up, answers a question that its model never saw, charges for it to the nano, and is gone again.</summary>
internal static class DemoCommand
{
    private const int DefaultSeed = 1;

    /// <summary>One answer of ordinary prices earns too little to be brought to any chain: a channel pays out 0.002 coin at least, of which the way takes 0.0004.</summary>
    public const int SettlingPriceMultiple = 20_000;

    public static Command Create()
    {
        var seed = new Option<int>("--seed") { Description = "Which sum is asked.", DefaultValueFactory = _ => DefaultSeed, CustomParser = WholeNumber.Between(0, int.MaxValue) };
        var encrypted = new Option<bool>("--encrypted-model")
        {
            Description = "Workers have the model encrypted, and get its key of two of three key brokers for a quote of a simulated issuer: development only, their tier is \"simulated\".",
        };
        var command = new Command("demo", "The main job, end to end, then stop: network up, a chat streamed from the real engine, every nano accounted for, its provider paid on a development chain.") { seed, encrypted };
        return command.Runs((result, output, cancellationToken) => RunAsync(result.GetValue(seed), result.GetValue(encrypted), output, cancellationToken));
    }

    private static async Task<int> RunAsync(int seed, bool encryptsModel, CommandOutput output, CancellationToken cancellationToken)
    {
        var artifacts = BuiltArtifacts.Find();
        var sum = HeldOutSums.Draw(artifacts, seed);
        var obstacle = await ContractsFolder.FindObstacleAsync(artifacts, cancellationToken);
        var folder = Directory.CreateTempSubdirectory("cocoon-demo-").FullName;
        try
        {
            var options = new LocalNetworkOptions
            {
                Artifacts = artifacts,
                Data = new DataFolder(folder),
                ModelName = HouseModelFolder.Name,
                ModelFolder = HouseModelFolder.Path(artifacts),
                Port = FreePorts.Take(1)[0],
                Settles = obstacle is null,
                SimulatedTdx = encryptsModel ? [] : null,
                EncryptsModel = encryptsModel,
                PriceMultiple = obstacle is null ? SettlingPriceMultiple : 1,
            };
            await using var network = LocalNetwork.Create(options, TimeProvider.System);
            output.Console.MarkupLine("[bold]A network on this machine[/]: a silo, a gateway and two workers, each a process of its own");
            if (encryptsModel)
            {
                output.Console.MarkupLine("[yellow]SIMULATED: the workers attest to a simulated issuer, and get the model's key for that. Nothing here is confidential.[/]");
            }

            if (obstacle is not null)
            {
                output.Console.MarkupLineInterpolated($"[yellow]PLAY MONEY: nothing is settled on a chain, since {obstacle}.[/]");
            }

            var key = await new NetworkStart(network, options, TimeProvider.System).RunAsync(output, cancellationToken);
            var result = await new DemoRun(network, options, key).AskAsync(sum, seed, output, cancellationToken);
            result = network.Topology.Encrypted is { } place ? EncryptionAudit.Check(place, network.Workers.Count, result) : result;
            var payout = network.Topology.Settlement is { } settlement
                ? await new DemoSettlement(network, settlement, options.Data, TimeProvider.System).PayAsync(cancellationToken)
                : null;
            var killed = await network.StopAsync();
            result = result.With(new DemoCheck("all processes stopped by themselves", killed.Count == 0, killed.Count == 0 ? "yes" : $"killed: {string.Join(", ", killed)}"));
            result = payout is null
                ? result with { NotSettled = obstacle }
                : await PayoutAudit.CheckAsync(options.Data.Ledger, network.Topology.Settlement!.VoucherKey, payout, result, cancellationToken);
            foreach (var check in await LedgerAudit.CheckAsync(options.Data.Ledger, result, cancellationToken))
            {
                result = result.With(check);
            }

            DemoSummary.Show(result, output);
            output.Result(result, CommandJson.Default.DemoResult);
            return result.Ok ? ExitCode.Success : ExitCode.Failed;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
