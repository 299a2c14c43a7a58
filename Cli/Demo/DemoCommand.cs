using System.CommandLine;
using CocoonOrleans.Cli.Models;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Cli.Processes;
using CocoonOrleans.Cli.Terminal;
using Spectre.Console;

namespace CocoonOrleans.Cli.Demo;

/// <summary><c>cocoon demo</c>: a network comes up, answers a question that its model never saw, charges for it to the nano, and is gone again.</summary>
internal static class DemoCommand
{
    private const int DefaultSeed = 1;

    public static Command Create()
    {
        var seed = new Option<int>("--seed") { Description = "Which sum is asked.", DefaultValueFactory = _ => DefaultSeed, CustomParser = WholeNumber.Between(0, int.MaxValue) };
        var command = new Command("demo", "The main job, end to end, then stop: network up, a chat streamed from the real engine, every nano accounted for.") { seed };
        return command.Runs((result, output, cancellationToken) => RunAsync(result.GetValue(seed), output, cancellationToken));
    }

    private static async Task<int> RunAsync(int seed, CommandOutput output, CancellationToken cancellationToken)
    {
        var artifacts = BuiltArtifacts.Find();
        var sum = HeldOutSums.Draw(artifacts, seed);
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
            };
            await using var network = LocalNetwork.Create(options, TimeProvider.System);
            output.Console.MarkupLine("[bold]A network on this machine[/]: a silo, a gateway and two workers, each a process of its own");
            var key = await new NetworkStart(network, options, TimeProvider.System).RunAsync(output, cancellationToken);
            var result = await new DemoRun(network, options, key).AskAsync(sum, seed, output, cancellationToken);
            var killed = await network.StopAsync();
            result = result.With(new DemoCheck("all processes stopped by themselves", killed.Count == 0, killed.Count == 0 ? "yes" : $"killed: {string.Join(", ", killed)}"));
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
