using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Models;
using CocoonOrleans.Sealing.Shares;

namespace CocoonOrleans.Cli.Models;

/// <summary>
/// Encrypts a model's folder for providers who are not to read it, and splits the key over brokers (docs/protocol.md, section 16). What a person must not lose is on the disk before anything that needs it: the key,
/// then the shares, then the folder, whose name appears in one step.
/// </summary>
/// <param name="terms">To whom the key is released.</param>
internal sealed class ModelEncryption(EncryptionTerms terms)
{
    /// <summary>Encrypts.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="output">The folder to make; there must be none.</param>
    /// <param name="keyFile">The file with the model key; made where there is none.</param>
    /// <param name="sharesFolder">Where the brokers' share files go; made where it is absent. There must be none in it.</param>
    /// <param name="progress">Told bytes done and bytes to do.</param>
    /// <param name="cancellationToken">Gives up; what was made of the folder is deleted.</param>
    /// <exception cref="CommandFailedException">The folder holds no model, or something is there already.</exception>
    public EncryptedModel Encrypt(string folder, string output, string keyFile, string sharesFolder, Action<long, long> progress, CancellationToken cancellationToken)
    {
        string[] shareFiles = [.. Enumerable.Range(1, terms.Brokers.Count).Select(number => Path.Combine(sharesFolder, $"share-{number}.json"))];
        if (((string[])[output, .. shareFiles]).FirstOrDefault(Path.Exists) is { } present)
        {
            throw new CommandFailedException($"{present} is there already.", "Name places where nothing is: nothing is ever overwritten.");
        }

        var draft = $"{Path.TrimEndingDirectorySeparator(output)}.{Environment.ProcessId}";
        try
        {
            using var key = Key(keyFile);
            Directory.CreateDirectory(sharesFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var shares = key.Split(terms.Threshold, terms.Brokers.Count);
            try
            {
                var manifest = WriteFiles(new PlainModelFiles(folder), draft, key, shares, progress, cancellationToken);
                var bytes = manifest.Encode();
                File.WriteAllBytes(Path.Combine(draft, EncryptedModelManifest.FileName), bytes);
                foreach (var (index, share) in shares.Index())
                {
                    ShareFile.Write(shareFiles[index], bytes, share);
                }

                Directory.Move(draft, output);
                return new EncryptedModel(manifest, shareFiles);
            }
            finally
            {
                foreach (var share in shares)
                {
                    share.Dispose();
                }
            }
        }
        catch (ModelFormatException e)
        {
            throw new CommandFailedException(e.Message, "Name a folder with a whole model in it.", innerException: e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CommandFailedException($"The model can't be encrypted: {e.Message}", "Mend that, and encrypt again.", innerException: e);
        }
        finally
        {
            if (Directory.Exists(draft))
            {
                Directory.Delete(draft, recursive: true);
            }
        }
    }

    private static ModelKey Key(string file)
    {
        if (File.Exists(file))
        {
            return ModelKeyFile.Read(file);
        }

        var key = ModelKey.Generate();
        try
        {
            ModelKeyFile.Write(file, key);
            return key;
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    private EncryptedModelManifest WriteFiles(
        PlainModelFiles source, string draft, ModelKey key, KeyShare[] shares, Action<long, long> progress, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(draft);
        var list = ModelFileList.Of(source);
        var weights = list.Weights(source);
        var (done, total) = (0L, list.Texts.Concat(weights).Sum(source.Size));
        var plain = new List<ModelFile>();
        var encrypted = new List<EncryptedFile>();
        foreach (var name in list.Texts)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(draft, name))!);
            Write(name, name, (stream, output) => stream.CopyTo(output));
        }

        foreach (var name in weights)
        {
            Write(name, name + EncryptedFile.Ending, (stream, output) => encrypted.Add(ModelFileEncryption.Encrypt(name, stream, stream.Length, output, key, null, cancellationToken)));
        }

        return new EncryptedModelManifest
        {
            Name = terms.Name,
            ModelId = new Digest(Convert.FromHexString(new ModelManifest(plain).Sha256)),
            Files = [.. encrypted.OrderBy(file => file.Name, StringComparer.Ordinal)],
            KeyHash = key.Hash(),
            MinimumTier = terms.MinimumTier,
            Images = [.. terms.Images.DistinctBy(image => image.ToString()).OrderBy(image => image.ToString(), StringComparer.Ordinal)],
            Threshold = terms.Threshold,
            Brokers = [.. terms.Brokers.Zip(shares, (address, share) => new ModelBroker(address, share.Hash()))],
        };

        void Write(string name, string target, Action<Stream, Stream> write)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var stream = new HashingStream(Open(source, name), count => progress(done += count, total));
            using var output = new FileStream(Path.Combine(draft, target), FileMode.CreateNew, FileAccess.Write);
            write(stream, output);
            output.Flush(flushToDisk: true);
            plain.Add(new ModelFile(name, stream.Length, stream.Sha256()));
        }
    }

    private static Stream Open(PlainModelFiles source, string name) =>
        source.Exists(name) ? source.Open(name) : throw new ModelFormatException(name, "file", $"is missing in {source.Place}");
}
