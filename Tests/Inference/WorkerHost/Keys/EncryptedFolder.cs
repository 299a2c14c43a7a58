using CocoonOrleans.Inference.Models;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Models;
using CocoonOrleans.Sealing.Shares;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.WorkerHost.Keys;

namespace CocoonOrleans.Tests.Inference.WorkerHost.Keys;

/// <summary>A model's folder, encrypted.</summary>
internal sealed class EncryptedFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <param name="plain">The model's folder.</param>
    public EncryptedFolder(string plain)
    {
        var source = new PlainModelFiles(plain);
        ModelFileList list = ModelFileList.Of(source);
        foreach (string name in list.Texts)
        {
            File.Copy(Path.Combine(plain, name), _folder.File(name));
        }

        var files = new List<EncryptedFile>();
        foreach (string name in list.Weights(source))
        {
            using Stream weights = source.Open(name);
            using FileStream output = File.Create(_folder.File(name + EncryptedFile.Ending));
            files.Add(ModelFileEncryption.Encrypt(name, weights, weights.Length, output, Key));
        }

        Shares = Key.Split(2, 3);
        Manifest = new EncryptedModelManifest
        {
            Name = "sample",
            ModelId = new Digest(Convert.FromHexString(ModelFolder.Read(plain).Manifest.Sha256)),
            Files = files,
            KeyHash = Key.Hash(),
            MinimumTier = TrustTier.Simulated,
            Images = [],
            Threshold = 2,
            Brokers = [.. Shares.Select(share => new ModelBroker($"http://127.0.0.1:{8400 + share.X}/", share.Hash()))],
        };
        WriteManifest(Manifest);
    }

    public ModelKey Key { get; } = ModelKey.Generate();

    public KeyShare[] Shares { get; }

    public EncryptedModelManifest Manifest { get; }

    public string Folder => _folder.Path;

    public string PathOf(string name) => _folder.File(name);

    public void WriteManifest(EncryptedModelManifest manifest) => File.WriteAllBytes(PathOf(EncryptedModelManifest.FileName), manifest.Encode());

    /// <summary>The files as a worker opens them that has the key.</summary>
    public EncryptedModelFiles Open(EncryptedModelManifest? manifest = null)
    {
        Span<byte> key = stackalloc byte[ModelKey.Length];
        Key.CopyTo(key);
        return new EncryptedModelFiles(Folder, manifest ?? EncryptedModelFiles.FindManifest(Folder)!, ModelKey.Of(key));
    }

    public void Dispose()
    {
        Key.Dispose();
        _folder.Dispose();
    }
}
