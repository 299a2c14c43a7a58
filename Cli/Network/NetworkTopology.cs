using CocoonOrleans.Cli.Settlement;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Inference.Native;
using CocoonOrleans.Tunnel.Trust;

namespace CocoonOrleans.Cli.Network;

/// <summary>Who is where in a local network, and by which keys they know each other.</summary>
public sealed record NetworkTopology
{
    /// <summary>The silo's port for other silos.</summary>
    public required int SiloPort { get; init; }

    /// <summary>The silo's port for cluster clients.</summary>
    public required int ClusterPort { get; init; }

    /// <summary>The ports of further silos, each for other silos and for cluster clients.</summary>
    public IReadOnlyList<(int Silo, int Cluster)> MoreSilos { get; init; } = [];

    /// <summary>The port where the gateway awaits its workers.</summary>
    public required int TunnelPort { get; init; }

    /// <summary>The port of the gateway's admin API.</summary>
    public required int AdminPort { get; init; }

    /// <summary>The gateway's key, which the workers pin.</summary>
    public required string GatewayId { get; init; }

    /// <summary>The workers, whose keys the gateway allows.</summary>
    public required IReadOnlyList<WorkerPlace> Workers { get; init; }

    /// <summary>The model that they serve.</summary>
    public required ServedModel Model { get; init; }

    /// <summary>What plays Intel and a TDX machine; null where nothing does.</summary>
    public SimulatedIssuer? Issuer { get; init; }

    /// <summary>Where the model is that the workers have encrypted; null where they have it as it is.</summary>
    public EncryptedPlace? Encrypted { get; init; }

    /// <summary>How providers are paid; null where they are not.</summary>
    public SettlementPlace? Settlement { get; init; }

    /// <summary>Where clients reach the gateway.</summary>
    public required Uri Url { get; init; }

    /// <summary>Where its administration is.</summary>
    public Uri AdminUrl => new($"http://127.0.0.1:{AdminPort}");

    internal static NetworkTopology Create(LocalNetworkOptions options, TimeProvider clock)
    {
        var ports = FreePorts.Take(5 + EncryptedPlace.BrokerCount + 2 * (options.Silos - 1), except: options.Port);
        string[] names = [.. Enumerable.Range(1, options.Workers).Select(number => $"worker-{number}")];
        string[] ids = [.. names.Select(name => IdentityIn(Path.Combine(options.Data.Folder(name), "identity"), clock))];
        var settlement = options.Settles ? SettlementPlace.In(options.Data, ports[4], ids, clock) : null;
        return new NetworkTopology
        {
            SiloPort = ports[0],
            ClusterPort = ports[1],
            MoreSilos = [.. ports.Skip(5 + EncryptedPlace.BrokerCount).Chunk(2).Select(pair => (pair[0], pair[1]))],
            TunnelPort = ports[2],
            AdminPort = ports[3],
            GatewayId = IdentityIn(GatewayIdentityFolder(options.Data), clock),
            Workers =
            [
                .. names.Select((name, index) => new WorkerPlace(index + 1, name, options.Data.Folder(name), ids[index])
                {
                    Provider = settlement?.Providers[index],
                }),
            ],
            Model = Read(options),
            Issuer = options.SimulatedTdx is null ? null : SimulatedIssuer.In(options.Data),
            Encrypted = !options.EncryptsModel ? null
                : options.SimulatedTdx is null ? throw new ArgumentException("Keys are released to those who show a quote: an encrypted model needs an issuer.", nameof(options))
                : EncryptedPlace.In(options.Data, ports.Skip(5).Take(EncryptedPlace.BrokerCount)),
            Settlement = settlement,
            Url = new Uri($"http://127.0.0.1:{options.Port}"),
        };
    }

    internal static string GatewayIdentityFolder(DataFolder data) => Path.Combine(data.Folder("gateway"), "identity");

    // The keys are made before the processes start: so each side can be told the other's.
    private static string IdentityIn(string folder, TimeProvider clock)
    {
        using var identity = TunnelIdentity.LoadOrCreate(folder, clock);
        return identity.Id;
    }

    private static ServedModel Read(LocalNetworkOptions options)
    {
        try
        {
            var folder = ModelFolder.Read(options.ModelFolder);
            return new ServedModel(options.ModelName, options.ModelFolder, folder.Manifest.Sha256, folder.Chat().Sha256, Math.Min(folder.Shape.ContextTokens, new NativeEngineOptions().MaximumContextTokens), folder.EmbeddingDimensions);
        }
        catch (Exception exception) when (exception is ModelFormatException or IOException)
        {
            throw new CommandFailedException(
                $"The model in {options.ModelFolder} can't be served: {exception.Message}", "Name the folder of a model with --model.", innerException: exception);
        }
    }
}

/// <summary>A worker of a local network.</summary>
/// <param name="Number">From 1 up.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Folder">Where it keeps its data.</param>
/// <param name="Id">Its key.</param>
public sealed record WorkerPlace(int Number, string Name, string Folder, string Id)
{
    /// <summary>Who is paid for its work, where something is: each worker has a provider of its own, so that there is a market.</summary>
    public LocalProvider? Provider { get; init; }

    /// <summary>The provider's account.</summary>
    public string ProviderId => Provider is { } provider ? Ton.Providers.ProviderId.Of(provider.Key) : $"provider-{Number}";
}

/// <summary>The model of a local network.</summary>
/// <param name="Name">The name that clients use.</param>
/// <param name="Folder">Its folder.</param>
/// <param name="ManifestSha256">Hex SHA-256 of its manifest.</param>
/// <param name="TokenizerSha256">Hex SHA-256 of tokenizer, configuration and chat template.</param>
/// <param name="ContextTokens">Most tokens of prompt and completion together; of one input where it makes embeddings.</param>
/// <param name="EmbeddingDimensions">Numbers of its vectors where it makes embeddings; null where it chats.</param>
public sealed record ServedModel(string Name, string Folder, string ManifestSha256, string TokenizerSha256, int ContextTokens, int? EmbeddingDimensions);
