using System.Text.Json;
using CocoonOrleans.Cli.Models;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Cli.Processes;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Sealing;
using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.KeyBrokers;

/// <summary>An encrypted house model, its brokers and the issuer of a worker, without a gateway: what is asked is whether the worker gets as far as that.</summary>
internal sealed class LockedModel : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LocalNetwork _network;

    private LockedModel(string[] issuer)
    {
        BuiltArtifacts artifacts = BuiltArtifacts.Find();
        _network = LocalNetwork.Create(
            new LocalNetworkOptions
            {
                Artifacts = artifacts,
                Data = new DataFolder(_folder.Path),
                ModelName = HouseModelFolder.Name,
                ModelFolder = HouseModelFolder.Path(artifacts),
                Port = FreePorts.Take(1)[0],
                Workers = 1,
                SimulatedTdx = issuer,
                EncryptsModel = true,
            },
            TimeProvider.System);
    }

    public EncryptedPlace Place => _network.Topology.Encrypted!;

    public SimulatedIssuer Issuer => _network.Topology.Issuer!;

    public string ImageFile => _network.Topology.Issuer!.ImageFile;

    public string Folder => _folder.Path;

    /// <summary>The image that the simulated TD is known to measure.</summary>
    public Digest Image { get; private set; }

    /// <param name="brokers">How many of the three brokers run.</param>
    /// <param name="issuer">Settings of the issuer.</param>
    public static async Task<LockedModel> StartAsync(int brokers, params string[] issuer)
    {
        var model = new LockedModel(issuer);
        try
        {
            JsonElement ready = await model._network.Issuer!.StartAsync(CancellationToken.None);
            model._network.Topology.Issuer!.WriteAnchor(ready);
            model.Image = model._network.Topology.Issuer.WriteImage(ready);
            model.Place.Encrypt(model._network.Topology.Model, model.Image, (_, _) => { }, CancellationToken.None);
            await Task.WhenAll(model._network.Brokers.Take(brokers).Select(broker => broker.StartAsync(CancellationToken.None)));
            return model;
        }
        catch
        {
            await model.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the worker, which must not come up.</summary>
    /// <returns>Its exit code, and what it says last.</returns>
    public async Task<(int ExitCode, string LastWords)> WorkerFailsAsync()
    {
        SupervisedProcess worker = _network.Workers[0];
        await Assert.ThrowsAsync<CommandFailedException>(() => worker.StartAsync(CancellationToken.None));
        return (await worker.Current.Exited, worker.Current.LastWords);
    }

    /// <summary>The releases that the brokers wrote down.</summary>
    public IReadOnlyList<string> Releases() => [.. Place.Brokers.Select(broker => Path.Combine(broker.Folder, "releases.log")).Where(File.Exists).SelectMany(File.ReadAllLines)];

    public async ValueTask DisposeAsync()
    {
        await _network.DisposeAsync();
        _folder.Dispose();
    }
}
