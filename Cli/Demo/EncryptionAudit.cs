using System.Text.Json;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Sealing.Models;

namespace CocoonOrleans.Cli.Demo;

/// <summary>Reads from the disk what the demo's workers have of the model, and from the brokers' own files who got its key.</summary>
internal static class EncryptionAudit
{
    /// <summary>Adds it to the demo's result, with checks.</summary>
    /// <param name="place">The encrypted model and its brokers.</param>
    /// <param name="workers">How many workers serve it.</param>
    /// <param name="result">What is known of the demo so far.</param>
    /// <exception cref="CommandFailedException">The manifest in the folder is none.</exception>
    public static DemoResult Check(EncryptedPlace place, int workers, DemoResult result)
    {
        if (!EncryptedModelManifest.TryRead(File.ReadAllBytes(Path.Combine(place.Folder, EncryptedModelManifest.FileName)), out var manifest, out var hash))
        {
            throw new CommandFailedException($"The manifest in {place.Folder} can't be read.", "Run the demo again; it makes a new one.");
        }

        string[] names = [.. Directory.GetFiles(place.Folder).Select(file => Path.GetFileName(file)!)];
        string[] plain = [.. manifest.Files.Select(file => file.Name).Where(name => names.Contains(name))];
        Release[] releases = [.. place.Brokers.SelectMany(broker => Releases(broker, hash.ToString()))];
        var enough = releases.GroupBy(release => release.Worker).Count(worker => worker.Select(release => release.Share).Distinct().Count() >= manifest.Threshold);
        var tiers = string.Join(", ", releases.Select(release => release.Tier).Distinct());
        return (result with
        {
            EncryptedModel = true,
            Encryption = new DemoEncryption(hash.ToString(), manifest.KeyHash.ToString(), manifest.Brokers.Count, manifest.Threshold, releases.Length, tiers),
        })
            .With(new DemoCheck(
                "the workers have the weights as ciphertext only",
                plain.Length == 0 && manifest.Files.All(file => names.Contains($"{file.Name}.sealed")),
                plain.Length == 0 ? $"{manifest.Files.Count} encrypted files" : $"in plain: {string.Join(", ", plain)}"))
            .With(new DemoCheck(
                "each worker got enough shares of the key, after its evidence was verified",
                enough == workers,
                $"{enough} of {workers} workers, {releases.Length} shares by {manifest.Brokers.Count} brokers, of which {manifest.Threshold} are needed"));
    }

    private static IEnumerable<Release> Releases(BrokerPlace broker, string manifest)
    {
        var log = Path.Combine(broker.Folder, "releases.log");
        foreach (var line in File.Exists(log) ? File.ReadAllLines(log) : [])
        {
            var entry = JsonElement.Parse(line);
            if (entry.GetProperty("manifest").GetString() == manifest)
            {
                yield return new Release(entry.GetProperty("worker").GetString()!, entry.GetProperty("share").GetInt32(), entry.GetProperty("tier").GetString()!);
            }
        }
    }

    private sealed record Release(string Worker, int Share, string Tier);
}
