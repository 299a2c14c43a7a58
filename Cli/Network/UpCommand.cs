using System.CommandLine;
using CocoonOrleans.Cli.Databases;
using CocoonOrleans.Cli.Models;
using CocoonOrleans.Cli.Processes;
using CocoonOrleans.Cli.Settlement;
using CocoonOrleans.Cli.Terminal;
using Spectre.Console;

namespace CocoonOrleans.Cli.Network;

/// <summary><c>cocoon up</c>: the network on this machine, in the foreground.</summary>
internal static class UpCommand
{
    /// <summary>The gateway's port where none is named.</summary>
    public const int DefaultPort = 8080;

    private const int MaxWorkers = 16;
    private const int MaxSilos = 8;

    public static Command Create()
    {
        var workers = new Option<int>("--workers")
        {
            Description = "How many workers.",
            DefaultValueFactory = _ => 2,
            HelpName = $"1..{MaxWorkers}",
            CustomParser = WholeNumber.Between(1, MaxWorkers),
        };
        var silos = new Option<int>("--silos")
        {
            Description = "How many silos. More than one keep everything in a PostgreSQL server that is started with them, on 127.0.0.1.",
            DefaultValueFactory = _ => 1,
            HelpName = $"1..{MaxSilos}",
            CustomParser = WholeNumber.Between(1, MaxSilos),
        };
        var port = new Option<int>("--port")
        {
            Description = "The gateway's port on 127.0.0.1.",
            DefaultValueFactory = _ => DefaultPort,
            CustomParser = WholeNumber.Between(1, ushort.MaxValue),
        };
        var data = GatewayOptions.DataOption();
        var simulated = new Option<bool>("--simulated-tdx")
        {
            Description = "Workers attest to a simulated issuer: development only, their tier is \"simulated\" and nothing is confidential.",
        };
        var encrypted = new Option<bool>("--encrypted-model")
        {
            Description = "Workers have the model encrypted, and get its key of two of three key brokers for a quote; with --simulated-tdx, which it implies.",
        };
        var settle = new Option<bool>("--settle")
        {
            Description = "Providers are paid on a development chain, which runs beside the network in 150 MB and more; its coins are worth nothing.",
        };
        var model = new ModelOptions();
        var command = new Command("up", "Run the network on this machine, in the foreground: a silo, a gateway and workers, each a process of its own.") { workers, silos, port, data, simulated, encrypted, settle };
        model.AddTo(command);
        return command.Runs(async (result, output, cancellationToken) =>
        {
            var artifacts = BuiltArtifacts.Find();
            var obstacle = result.GetValue(settle) ? await ContractsFolder.FindObstacleAsync(artifacts, cancellationToken) : null;
            var (name, folder) = model.Read(result, artifacts);
            return await RunAsync(
                new LocalNetworkOptions
                {
                    Artifacts = artifacts,
                    Data = new DataFolder(result.GetRequiredValue(data)),
                    ModelName = name,
                    ModelFolder = folder,
                    Port = result.GetValue(port),
                    Workers = result.GetValue(workers),
                    Silos = result.GetValue(silos),
                    SimulatedTdx = result.GetValue(simulated) || result.GetValue(encrypted) ? [] : null,
                    EncryptsModel = result.GetValue(encrypted),
                    Settles = result.GetValue(settle) && obstacle is null,
                },
                obstacle,
                output,
                cancellationToken);
        });
    }

    /// <summary>Starts PostgreSQL where there is more than one silo, or where the data folder already has its data in it.</summary>
    private static async Task<PostgreSqlServer?> StartDatabaseAsync(LocalNetworkOptions options, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(options.Data.Path, "postgresql");
        if (options.Silos == 1 && !Directory.Exists(folder))
        {
            return null;
        }

        if (!Directory.Exists(folder) && File.Exists(options.Data.Ledger))
        {
            throw new CommandFailedException(
                $"The ledger in {options.Data.Path} is in SQLite, which is for one silo.", "Name another folder with --data: there is no command yet that moves a ledger.");
        }

        try
        {
            return await PostgreSqlServer.StartAsync(options.Data.Folder("postgresql"), durable: true, cancellationToken);
        }
        catch (InvalidOperationException exception)
        {
            throw new CommandFailedException("PostgreSQL did not start.", exception.Message, innerException: exception);
        }
    }

    private static string DatabaseFileOf(DataFolder data, PostgreSqlServer database)
    {
        var path = Path.Combine(data.Path, "database");
        File.WriteAllText(path, "");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(path, database.ConnectionString);
        return path;
    }

    private static async Task<int> RunAsync(LocalNetworkOptions options, string? notSettled, CommandOutput output, CancellationToken cancellationToken)
    {
        if (options is { Silos: > 1, Settles: true })
        {
            throw new CommandFailedException("Settlement on a chain was never tried with more than one silo.", "Leave out --settle, or --silos.");
        }

        using var only = options.Data.Lock();
        if (FreePorts.Check(options.Port) is { } busy)
        {
            throw new CommandFailedException($"Port {options.Port} can't be used: {busy}", $"Stop what listens there, or choose another: ./cocoon up --port {FreePorts.Take(1)[0]}");
        }

        output.Console.MarkupLineInterpolated($"Starting in {options.Data.Path}");
        await using var database = await StartDatabaseAsync(options, cancellationToken);
        options = options with { DatabaseFile = database is null ? null : DatabaseFileOf(options.Data, database) };
        var network = LocalNetwork.Create(options, TimeProvider.System);
        await using var _ = network;
        var key = await new NetworkStart(network, options, TimeProvider.System).RunAsync(output, cancellationToken);
        var connection = new NetworkConnection(network.Topology.Url, network.Topology.AdminUrl, options.ModelName);
        connection.Write(options.Data);
        output.Text.WriteLine($"READY {connection.Url.GetLeftPart(UriPartial.Authority)} key={key}");
        if (options.SimulatedTdx is not null)
        {
            output.Text.WriteLine("SIMULATED: the workers attest to a simulated issuer. Nothing here is confidential.");
        }

        if (network.Topology.Encrypted is { } place)
        {
            output.Text.WriteLine($"The workers read {place.Folder}, and got its key of {EncryptedPlace.Threshold} of {place.Brokers.Count} brokers. Who got it when: {Path.Combine(place.Brokers[0].Folder, "releases.log")}");
        }

        if (notSettled is not null)
        {
            output.Text.WriteLine($"PLAY MONEY: nothing is settled on a chain, since {notSettled}.");
        }

        if (network.Topology.Settlement is { } settlement)
        {
            output.Text.WriteLine($"Providers are paid at {settlement.PayoutAddress} on the development chain {settlement.Endpoint(1)}; their keys: {settlement.Folder}");
            output.Text.WriteLine($"What may serve stands in the registry: ./cocoon registry show --registry {File.ReadAllText(settlement.RegistryFile)} --chain {settlement.Endpoint(1)} --network development");
        }

        output.Text.WriteLine(
            $$"""

            {{(network.Topology.Model.EmbeddingDimensions is null ? Chat(connection, key, options) : Embed(connection, key, options))}}
            Logs:     {{options.Data.Logs}}
            Stop it:  Ctrl-C
            """);
        output.Text.Flush();
        output.Result(
            new UpResult(
                connection.Url,
                key,
                options.ModelName,
                network.Topology.Model.ManifestSha256,
                NetworkProcesses.Of(network),
                UpSettlement.Of(network.Topology.Settlement),
                notSettled),
            CommandJson.Default.UpResult);
        try
        {
            await network.WatchAsync(output.Text.WriteLine, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            output.Text.WriteLine("Stopping: workers finish what they run (Ctrl-C again kills them)...");
        }

        File.Delete(options.Data.Connection);
        var killed = await network.StopAsync();
        output.Text.WriteLine(killed.Count == 0 ? "Stopped." : $"Stopped; did not stop by themselves and were killed: {string.Join(", ", killed)}.");
        return killed.Count == 0 ? ExitCode.Success : ExitCode.Failed;
    }

    private static string Chat(NetworkConnection connection, string key, LocalNetworkOptions options) =>
        $$"""
        Ask it:   ./cocoon chat "What is 3 plus 4?"{{(options.Data.Path == DataFolder.Default ? "" : $" --data '{options.Data.Path}'")}}
        or:       {{Curl(connection, key, "chat/completions", $$"""{"model":"{{options.ModelName}}","messages":[{"role":"user","content":"What is 3 plus 4?"}]}""")}}
        """;

    private static string Embed(NetworkConnection connection, string key, LocalNetworkOptions options) =>
        $"Ask it:   {Curl(connection, key, "embeddings", $$"""{"model":"{{options.ModelName}}","input":["A text.","Another text."]}""")}";

    private static string Curl(NetworkConnection connection, string key, string path, string body) =>
        $"""
        curl {connection.Url}v1/{path} -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' \
                    -d '{body}'
        """;
}
