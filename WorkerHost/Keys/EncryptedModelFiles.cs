using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Sealing.Models;

namespace CocoonOrleans.WorkerHost.Keys;

/// <summary>
/// The files of a folder whose weights are encrypted. They are decrypted while they are read, into this process' memory, and nowhere else. What the manifest names is read from its encrypted file alone, whatever
/// lies beside it. Dispose of it once the model is loaded: the key is zeroed.
/// </summary>
/// <param name="folder">The folder.</param>
/// <param name="manifest">Its manifest.</param>
/// <param name="key">The model's key; belongs to this.</param>
internal sealed class EncryptedModelFiles(string folder, EncryptedModelManifest manifest, ModelKey key) : IModelFiles, IDisposable
{
    private readonly PlainModelFiles _plain = new(folder);
    private readonly Dictionary<string, EncryptedFile> _encrypted = manifest.Files.ToDictionary(file => file.Name);

    public string Place => folder;

    public IReadOnlyCollection<string> Names => [.. _encrypted.Keys.Union(_plain.Names)];

    /// <summary>Reads the manifest of a folder.</summary>
    /// <returns>Null where there is none: the folder is not encrypted.</returns>
    /// <exception cref="ModelFormatException">It can't be read.</exception>
    public static EncryptedModelManifest? FindManifest(string folder)
    {
        var file = new FileInfo(Path.Combine(folder, EncryptedModelManifest.FileName));
        if (!file.Exists)
        {
            return null;
        }

        try
        {
            return file.Length <= EncryptedModelManifest.MaxBytes && EncryptedModelManifest.TryRead(File.ReadAllBytes(file.FullName), out EncryptedModelManifest? manifest, out _)
                ? manifest
                : throw new ModelFormatException(EncryptedModelManifest.FileName, "manifest", "it is no manifest of an encrypted model of this version; get it again from the model's owner");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFormatException(EncryptedModelManifest.FileName, "file", $"can't be read: {e.Message}", e);
        }
    }

    public bool Exists(string name) => _encrypted.ContainsKey(name) || _plain.Exists(name);

    public long Size(string name) => _encrypted.TryGetValue(name, out EncryptedFile? file) ? file.Bytes : _plain.Size(name);

    public Stream Open(string name)
    {
        if (!_encrypted.TryGetValue(name, out EncryptedFile? file))
        {
            return _plain.Open(name);
        }

        FileStream source = File.OpenRead(Path.Combine(folder, name + EncryptedFile.Ending));
        try
        {
            return new DecryptingStream(file, source, key);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    public void Check(IReadOnlyList<ModelFile> files)
    {
        string found = new ModelManifest(files).Sha256;
        if (found != manifest.ModelId.ToString())
        {
            throw new ModelFormatException(
                EncryptedModelManifest.FileName, "model", $"the files come to the model {found}, and the manifest says {manifest.ModelId}: one that is not encrypted was changed, or is missing");
        }
    }

    public void Dispose() => key.Dispose();
}
