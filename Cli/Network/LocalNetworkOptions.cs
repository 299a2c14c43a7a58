using CocoonOrleans.Cli.Processes;

namespace CocoonOrleans.Cli.Network;

/// <summary>Which network to start on this machine.</summary>
public sealed record LocalNetworkOptions
{
    /// <summary>The checkout whose processes are started.</summary>
    public required BuiltArtifacts Artifacts { get; init; }

    /// <summary>Where it keeps its data.</summary>
    public required DataFolder Data { get; init; }

    /// <summary>The folder of the model that the workers serve.</summary>
    public required string ModelFolder { get; init; }

    /// <summary>The name of that model.</summary>
    public required string ModelName { get; init; }

    /// <summary>The gateway's port on the loopback address.</summary>
    public required int Port { get; init; }

    /// <summary>How many silos there are; more than one need <see cref="DatabaseFile"/>.</summary>
    public int Silos { get; init; } = 1;

    /// <summary>A file with the connection string of the silos' PostgreSQL; null where the one silo keeps everything in SQLite.</summary>
    public string? DatabaseFile { get; init; }

    /// <summary>How many workers serve the model.</summary>
    public int Workers { get; init; } = 2;

    /// <summary>Settings of a simulated issuer that plays Intel and a TDX machine for all workers, whose tier then is <c>simulated</c>; null for none, and the tier <c>open</c>.</summary>
    public IReadOnlyList<string>? SimulatedTdx { get; init; }

    /// <summary>Whether the workers have the model encrypted, and get its key of three key brokers; needs <see cref="SimulatedTdx"/>.</summary>
    public bool EncryptsModel { get; init; }

    /// <summary>Whether providers are paid on a development chain of the network's own. Without it money is what stands in the ledger.</summary>
    public bool Settles { get; init; }

    /// <summary>How many times the ordinary prices everything costs; above zero.</summary>
    public int PriceMultiple { get; init; } = 1;

    /// <summary>Further settings of single workers, by their index, in the form <c>--Section:Key=value</c>: for tests that want an unusual worker.</summary>
    public IReadOnlyDictionary<int, IReadOnlyList<string>> WorkerSettings { get; init; } = new Dictionary<int, IReadOnlyList<string>>();

    /// <summary>Further settings of the silo, in the same form.</summary>
    public IReadOnlyList<string> SiloSettings { get; init; } = [];

    /// <summary>Further settings of the gateway, in the same form.</summary>
    public IReadOnlyList<string> GatewaySettings { get; init; } = [];
}
