using CocoonOrleans.Cli.Processes;
using CocoonOrleans.Cli.Settlement;
using CocoonOrleans.Cli.Terminal;

namespace CocoonOrleans.Cli.Network;

/// <summary>
/// A whole network on this machine: a silo, a gateway and workers, each a process of its own on the loopback address, as they would be on many machines.
/// </summary>
public sealed class LocalNetwork : IAsyncDisposable
{
    private static readonly TimeSpan ReadyDeadline = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan WorkerGrace = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ServerGrace = TimeSpan.FromSeconds(10);

    private readonly LocalNetworkOptions _options;
    private readonly TimeProvider _clock;

    private LocalNetwork(LocalNetworkOptions options, NetworkTopology topology, TimeProvider clock)
    {
        _options = options;
        _clock = clock;
        Topology = topology;
        Issuer = topology.Issuer is { } issuer ? Supervise("simulated-issuer", "Attestation.Simulated", [.. ProcessSettings.ForIssuer(issuer), .. options.SimulatedTdx ?? []]) : null;
        Brokers = [.. topology.Encrypted is { } encrypted ? encrypted.Brokers.Select(broker => Supervise(broker.Name, "KeyBroker", ProcessSettings.ForBroker(topology.Issuer!, broker))) : []];
        Chain = topology.Settlement is { } settlement
            ? new(new ChildProcessSpec("development-chain", ContractsFolder.DevelopmentChain(options.Artifacts), ProcessSettings.ForDevelopmentChain(settlement), Path.Combine(options.Data.Logs, "development-chain.log"), ContractsFolder.Node), ReadyDeadline, clock)
            : null;
        Silo = Supervise("silo", "Silo", [.. ProcessSettings.ForSilo(options, topology), .. options.SiloSettings]);
        MoreSilos =
        [
            .. topology.MoreSilos.Select((ports, index) => Supervise($"silo-{index + 2}", "Silo", [.. ProcessSettings.ForSilo(options, topology, ports), .. options.SiloSettings])),
        ];
        Gateway = Supervise("gateway", "Gateway", [.. ProcessSettings.ForGateway(options, topology), .. options.GatewaySettings]);
        Workers =
        [
            .. topology.Workers.Select((worker, index) => Supervise(
                worker.Name, "WorkerHost", [.. ProcessSettings.ForWorker(options, topology, worker), .. options.WorkerSettings.GetValueOrDefault(index, [])])),
        ];
    }

    /// <summary>Ports, identities and the model of this network.</summary>
    public NetworkTopology Topology { get; }

    /// <summary>What plays Intel and a TDX machine; null where nothing does.</summary>
    public SupervisedProcess? Issuer { get; }

    /// <summary>Hold shares of the key of an encrypted model; none where the workers have the model as it is.</summary>
    public IReadOnlyList<SupervisedProcess> Brokers { get; }

    /// <summary>The chain on which providers are paid; null where they are not.</summary>
    public SupervisedProcess? Chain { get; }

    /// <summary>Grains and ledger.</summary>
    public SupervisedProcess Silo { get; }

    /// <summary>Further silos of the same cluster, where it has its database in PostgreSQL.</summary>
    public IReadOnlyList<SupervisedProcess> MoreSilos { get; }

    /// <summary>The REST API and the workers' tunnels.</summary>
    public SupervisedProcess Gateway { get; }

    /// <summary>The engines.</summary>
    public IReadOnlyList<SupervisedProcess> Workers { get; }

    /// <summary>All processes.</summary>
    public IEnumerable<SupervisedProcess> Processes => [.. Optional(Issuer), .. Brokers, .. Optional(Chain), Silo, .. MoreSilos, Gateway, .. Workers];

    /// <summary>Lays out a network; starts nothing yet. Reads and hashes the model, and makes the keys that gateway and workers know each other by.</summary>
    /// <param name="options">Which network.</param>
    /// <param name="clock">The clock of all waits.</param>
    /// <exception cref="CommandFailedException">The model can't be read.</exception>
    public static LocalNetwork Create(LocalNetworkOptions options, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new LocalNetwork(options, NetworkTopology.Create(options, clock), clock);
    }

    /// <summary>Watches all processes until cancelled; what dies is started again after a pause.</summary>
    /// <param name="say">Tells people what happened.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    public Task WatchAsync(Action<string> say, CancellationToken cancellationToken) =>
        Task.WhenAll(Processes.Select(process => process.WatchAsync(say, cancellationToken)));

    /// <summary>Stops all in order: workers first, which finish what they run and deliver their reports; then the gateway, then the silo, at last chain, key brokers and issuer.</summary>
    /// <returns>The processes that had to be killed.</returns>
    public async Task<IReadOnlyList<string>> StopAsync()
    {
        List<string> killed = [];
        var stopped = await Task.WhenAll(Workers.Select(worker => worker.StopAsync(WorkerGrace)));
        killed.AddRange(Workers.Where((_, index) => !stopped[index]).Select(worker => worker.Name));
        foreach (var server in (SupervisedProcess[])[Gateway, .. MoreSilos, Silo, .. Optional(Chain), .. Brokers, .. Optional(Issuer)])
        {
            if (!await server.StopAsync(ServerGrace))
            {
                killed.Add(server.Name);
            }
        }

        return killed;
    }

    /// <summary>Kills what still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var process in Processes)
        {
            await process.DisposeAsync();
        }
    }

    private static SupervisedProcess[] Optional(SupervisedProcess? process) => process is null ? [] : [process];

    private SupervisedProcess Supervise(string name, string project, IReadOnlyList<string> settings) => new(
        new ChildProcessSpec(name, _options.Artifacts.Assembly(project), settings, Path.Combine(_options.Data.Logs, $"{name}.log")), ReadyDeadline, _clock);
}
