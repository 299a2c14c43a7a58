using System.Collections.Frozen;
using CocoonOrleans.KeyBroker.Hosting;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Shares;
using CocoonOrleans.Sealing.Statements;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.KeyBroker.Shares;

/// <summary>The shares that the broker holds, each with the manifest that it judges by. Read once, when the broker starts.</summary>
public sealed class ShareFolder : IDisposable
{
    private const int MostModels = 4096;

    /// <summary>Reads the folder.</summary>
    /// <exception cref="IOException">A file can't be read, others may read it, holds no share, or one that this environment does not take; or there is none.</exception>
    public ShareFolder(IOptions<KeyBrokerOptions> options, IHostEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(options);
        string folder = options.Value.SharesPath;
        string[] files = Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal).Take(MostModels + 1)] : [];
        if (files.Length is 0 or > MostModels)
        {
            throw new IOException($"{Path.GetFullPath(folder)} must hold 1 to {MostModels} share files (*.json), as ./cocoon model encrypt writes them; it holds {(files.Length == 0 ? "none" : "more")}.");
        }

        var models = new Dictionary<Digest, ShareFile>();
        try
        {
            foreach (string file in files)
            {
                Add(models, file, ShareFile.Read(file), environment);
            }
        }
        catch
        {
            Dispose(models.Values);
            throw;
        }

        Models = models.ToFrozenDictionary();
    }

    /// <summary>The shares by the hash of their encrypted model's manifest.</summary>
    public FrozenDictionary<Digest, ShareFile> Models { get; }

    /// <inheritdoc/>
    public void Dispose() => Dispose(Models.Values);

    private static void Add(Dictionary<Digest, ShareFile> models, string path, ShareFile file, IHostEnvironment environment)
    {
        if (environment.IsProduction() && file.Manifest.MinimumTier < TrustTier.Tdx)
        {
            file.Dispose();
            throw new IOException($"{path} is of a test key, which is released to simulated machines: Production takes none.");
        }

        if (!models.TryAdd(file.ManifestHash, file))
        {
            file.Dispose();
            throw new IOException($"{path} is a second share of one model's key: a broker that has two counts twice. Leave one.");
        }
    }

    private static void Dispose(IEnumerable<ShareFile> files)
    {
        foreach (ShareFile file in files)
        {
            file.Dispose();
        }
    }
}
