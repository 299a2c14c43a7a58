using System.Globalization;
using CocoonOrleans.Cli.Settlement;
using CocoonOrleans.Market;
using CocoonOrleans.Ton;

namespace CocoonOrleans.Cli.Network;

/// <summary>
/// The settings that each process of a local network starts with. They stand on its command line, where anybody on the machine can read
/// them: no secret is among them; those are in files that the processes make themselves.
/// </summary>
internal static class ProcessSettings
{
    private const string Development = "--environment=Development";
    private const string ClusterId = "cocoon-local";
    private const int DefaultMaxCompletionTokens = 256;

    // COCOON's own clients pay 20 nano a token: an ordinary price, so that what a demo shows is not a toy's.
    private static readonly (long Prompt, long Cached, long Completion) Reserve = (20_000_000, 5_000_000, 40_000_000);

    public static IReadOnlyList<string> ForSilo(LocalNetworkOptions options, NetworkTopology topology) => ForSilo(options, topology, (topology.SiloPort, topology.ClusterPort));

    /// <summary>The settings of the first silo or of another one: they differ in their ports alone.</summary>
    public static IReadOnlyList<string> ForSilo(LocalNetworkOptions options, NetworkTopology topology, (int Silo, int Cluster) ports) =>
    [
        Development,
        .. Cluster(),
        Setting("Silo:DataFolder", options.Data.Folder("silo")),
        Setting("Silo:Port", ports.Silo),
        Setting("Silo:GatewayPort", ports.Cluster),
        .. options.DatabaseFile is { } file ? [Setting("Database:Provider", "PostgreSql"), Setting("Database:ConnectionStringFile", file)] : (string[])[],
        Setting("Silo:ExitWithParent", "true"),
        Setting("Ledger:AllowTreasuryTransfers", "true"),
        Setting("Accounts:DevelopmentGrantNano", Nano.FromCoins(1).Value),
        Setting("Catalog:Models:0:Name", topology.Model.Name),
        Setting("Catalog:Models:0:ManifestSha256", topology.Model.ManifestSha256),
        Setting("Catalog:Models:0:TokenizerSha256", topology.Model.TokenizerSha256),
        Setting("Catalog:Models:0:ContextTokens", topology.Model.ContextTokens),
        topology.Model.EmbeddingDimensions is { } dimensions
            ? Setting("Catalog:Models:0:EmbeddingDimensions", dimensions)
            : Setting("Catalog:Models:0:DefaultMaxCompletionTokens", Math.Min(DefaultMaxCompletionTokens, topology.Model.ContextTokens / 2)),
        Setting("Catalog:Models:0:Reserve:Prompt", Reserve.Prompt * options.PriceMultiple),
        Setting("Catalog:Models:0:Reserve:Cached", Reserve.Cached * options.PriceMultiple),
        Setting("Catalog:Models:0:Reserve:Completion", Reserve.Completion * options.PriceMultiple),
        .. topology.Settlement is { } settlement ? Chain(settlement) : [],
    ];

    public static IReadOnlyList<string> ForDevelopmentChain(SettlementPlace settlement) =>
        ["--port", settlement.Port.ToString(CultureInfo.InvariantCulture), "--journal", settlement.Journal];

    public static IReadOnlyList<string> ForIssuer(SimulatedIssuer issuer) =>
    [
        Development,
        Setting("Simulated:Socket", issuer.Socket),

        // The same world after another start: what gateway and workers believe goes on.
        Setting("Simulated:WorldFile", issuer.WorldFile),
        Setting("Simulated:ExitWithParent", "true"),
    ];

    public static IReadOnlyList<string> ForBroker(SimulatedIssuer issuer, BrokerPlace broker) =>
    [
        Development,
        Setting("KeyBroker:Listen", $"127.0.0.1:{broker.Url.Port}"),
        Setting("KeyBroker:DataFolder", broker.Folder),
        Setting("KeyBroker:ImageFiles:0", issuer.ImageFile),
        Setting("KeyBroker:SimulatedAnchorFile", issuer.AnchorFile),
        Setting("KeyBroker:CollateralSocket", issuer.Socket),
        Setting("KeyBroker:ExitWithParent", "true"),
    ];

    public static IReadOnlyList<string> ForGateway(LocalNetworkOptions options, NetworkTopology topology) =>
    [
        Development,
        .. Cluster(),
        Setting("Cluster:GatewayPorts:0", topology.ClusterPort),
        .. topology.MoreSilos.Select((ports, index) => Setting($"Cluster:GatewayPorts:{index + 1}", ports.Cluster)),
        Setting("Gateway:Listen", $"127.0.0.1:{topology.Url.Port}"),
        Setting("Gateway:AdminListen", $"127.0.0.1:{topology.AdminPort}"),
        Setting("Gateway:DataFolder", options.Data.Folder("gateway")),
        Setting("Gateway:ExitWithParent", "true"),
        Setting("Tunnel:Listen", $"127.0.0.1:{topology.TunnelPort}"),
        Setting("Tunnel:IdentityFolder", NetworkTopology.GatewayIdentityFolder(options.Data)),
        .. topology.Workers.Select(worker => Setting($"Tunnel:AllowedWorkers:{worker.Id}", worker.Name)),
        .. topology.Issuer is { } issuer
            ?
            [
                Setting("Gateway:Attestation:SimulatedAnchorFile", issuer.AnchorFile),
                Setting("Gateway:Attestation:CollateralSocket", issuer.Socket),
                Setting("Gateway:Attestation:ImageFiles:0", issuer.ImageFile),
            ]
            : (string[])[],
    ];

    public static IReadOnlyList<string> ForWorker(LocalNetworkOptions options, NetworkTopology topology, WorkerPlace worker) =>
    [
        Development,
        Setting("Worker:Name", worker.Name),
        Setting("Worker:ProviderId", worker.ProviderId),
        Setting("Worker:DataFolder", worker.Folder),
        Setting("Worker:ExitWithParent", "true"),

        // Well within the time after which it would be killed.
        Setting("Worker:DrainLimit", "00:00:20"),
        Setting("Worker:Gateways:0:Address", $"127.0.0.1:{topology.TunnelPort}"),
        Setting("Worker:Gateways:0:Key", topology.GatewayId),
        Setting("Worker:Models:0:Name", topology.Model.Name),
        Setting("Worker:Models:0:Folder", topology.Encrypted?.Folder ?? topology.Model.Folder),
        Setting("Worker:Models:0:ManifestSha256", topology.Model.ManifestSha256),
        Setting("Worker:Models:0:Prices:Prompt", Ask(Reserve.Prompt * options.PriceMultiple, worker)),
        Setting("Worker:Models:0:Prices:Cached", Ask(Reserve.Cached * options.PriceMultiple, worker)),
        Setting("Worker:Models:0:Prices:Completion", Ask(Reserve.Completion * options.PriceMultiple, worker)),
        Setting("Worker:Models:0:Offer:TtlSeconds", "60"),
        .. worker.Provider is { } provider ? [Setting("Worker:ProviderPass", provider.Pass)] : (string[])[],
        .. topology.Issuer is { } issuer
            ?
            [
                Setting("Worker:Quotes:Socket", issuer.Socket),
                Setting("Worker:Quotes:IsSimulated", "true"),
                Setting("Worker:Quotes:ImageFile", issuer.ImageFile),
                Setting("Worker:Quotes:EventLogFile", issuer.BootLogFile),
            ]
            : (string[])[],
    ];

    // The development chain makes a block of each message at once, and is asked by nobody else: so everything is looked at each second.
    private static IReadOnlyList<string> Chain(SettlementPlace settlement) =>
    [
        Setting("Chain:Network", TonNetwork.Development),
        .. Enumerable.Range(1, 2).SelectMany(number => (string[])
        [
            Setting($"Chain:Endpoints:{number - 1}:Address", settlement.Endpoint(number).ToString()),
            Setting($"Chain:Endpoints:{number - 1}:Owner", $"endpoint-{number}"),
            Setting($"Chain:Endpoints:{number - 1}:RequestsPerSecond", 1_000),
        ]),
        Setting("OperatorWallet:KeyFile", settlement.WalletKeyFile),
        Setting("OperatorWallet:PassphraseFile", settlement.PassphraseFile),
        Setting("OperatorVouchers:KeyFile", settlement.VoucherKeyFile),
        Setting("OperatorVouchers:PassphraseFile", settlement.PassphraseFile),
        Setting("Channels:VoucherDelay", "00:00:01"),
        Setting("Channels:FundAtNano", 1),
        Setting("Sweeper:Interval", "00:00:01"),
        Setting("Wallets:Resend", "00:00:00.200"),
        Setting("Wallets:IdleLook", "00:00:01"),
    ];

    // Half the reserve, and each further worker a tenth more: a market with something to choose.
    private static long Ask(long reserve, WorkerPlace worker) => reserve / 20 * Math.Min(20, 9 + worker.Number);

    private static string[] Cluster() => [Setting("Cluster:ClusterId", ClusterId), Setting("Cluster:ServiceId", ClusterId)];

    private static string Setting(string key, string value) => $"--{key}={value}";

    private static string Setting(string key, long value) => Setting(key, value.ToString(CultureInfo.InvariantCulture));
}
