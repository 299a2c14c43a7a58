using CocoonOrleans.Cli.Models;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Cli.Network;

/// <summary>Where the encrypted model of a local network is, and the brokers that hold shares of its key.</summary>
/// <param name="Folder">The encrypted folder: all that the workers have of the model.</param>
/// <param name="KeyFile">The model's key, which on a real network its owner alone has.</param>
/// <param name="Brokers">The brokers.</param>
public sealed record EncryptedPlace(string Folder, string KeyFile, IReadOnlyList<BrokerPlace> Brokers)
{
    /// <summary>How many brokers a local network has.</summary>
    internal const int BrokerCount = 3;

    /// <summary>How many of them are needed.</summary>
    internal const int Threshold = 2;

    internal static EncryptedPlace In(DataFolder data, IEnumerable<int> ports)
    {
        var folder = data.Folder("owner");
        return new EncryptedPlace(
            Path.Combine(data.Path, "encrypted-model"),
            Path.Combine(folder, "model-key"),
            [.. ports.Take(BrokerCount).Select((port, index) => new BrokerPlace($"broker-{index + 1}", data.Folder($"broker-{index + 1}"), new Uri($"http://127.0.0.1:{port}/")))]);
    }

    /// <summary>Encrypts the model anew and hands each broker its share: each start of the network makes another key.</summary>
    /// <param name="model">The plain model.</param>
    /// <param name="image">The image that gets the key, its manifest's id.</param>
    /// <param name="progress">Told bytes done and bytes to do.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CommandFailedException">It can't be encrypted.</exception>
    public void Encrypt(ServedModel model, Digest image, Action<long, long> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(model);

        // What an earlier start left. Nothing here is anybody's: it is made of the plain model each time.
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }

        File.Delete(KeyFile);
        foreach (var broker in Brokers)
        {
            Directory.CreateDirectory(broker.Shares);
            File.Delete(broker.ShareFile);
        }

        var handover = Path.Combine(Path.GetDirectoryName(KeyFile)!, "shares");
        if (Directory.Exists(handover))
        {
            Directory.Delete(handover, recursive: true);
        }

        var terms = new EncryptionTerms(model.Name, TrustTier.Simulated, [image], Threshold, [.. Brokers.Select(broker => broker.Url.ToString())]);
        var made = new ModelEncryption(terms).Encrypt(model.Folder, Folder, KeyFile, handover, progress, cancellationToken);
        foreach (var (broker, file) in Brokers.Zip(made.ShareFiles))
        {
            File.Move(file, broker.ShareFile);
        }

        if (made.Manifest.ModelId.ToString() != model.ManifestSha256)
        {
            throw new CommandFailedException($"The model in {model.Folder} changed while it was encrypted.", "Start again.");
        }
    }
}
