using System.Security.Cryptography;
using System.Text;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models;

namespace CocoonOrleans.Inference.Upstream;

/// <summary>
/// The files of a model that is computed elsewhere: tokenizer, chat template and configuration, each read once and hashed as it was read, and the declared
/// weights. The manifest proves what prompts are made with and tokens are counted with; of the weights it proves that they were <em>declared</em> so, no more.
/// Whether the server runs them, only an attested image that holds both can show.
/// </summary>
public sealed class UpstreamFolder
{
    /// <summary>The manifest's entry for the declaration of the weights; no file has this name.</summary>
    public const string WeightsEntry = "upstream.weights";

    private const int LargestFile = 64 << 20;

    private static readonly string[] Optional = [.. TokenizerFiles.Optional, DecoderConfig.FileName];

    private readonly Dictionary<string, byte[]> _files;

    private UpstreamFolder(Dictionary<string, byte[]> files, string weights)
    {
        _files = files;
        Manifest = new ModelManifest([.. files.Select(file => Describe(file.Key, file.Value)), Describe(WeightsEntry, Encoding.UTF8.GetBytes(weights))]);
    }

    /// <summary>What was read, and the declared weights.</summary>
    public ModelManifest Manifest { get; }

    /// <summary>Reads a folder.</summary>
    /// <param name="folder">The folder. Weights that lie there are not looked at.</param>
    /// <param name="weights">As <see cref="UpstreamModelOptions.Weights"/>.</param>
    /// <exception cref="ModelFormatException">tokenizer.json is missing, or a file is unreadable or too large.</exception>
    public static UpstreamFolder Read(string folder, string weights)
    {
        var files = new Dictionary<string, byte[]> { [TokenizerFiles.Tokenizer] = ReadFile(folder, TokenizerFiles.Tokenizer) };
        foreach (var name in Optional.Where(name => File.Exists(Path.Combine(folder, name))))
        {
            files.Add(name, ReadFile(folder, name));
        }

        return new UpstreamFolder(files, weights);
    }

    /// <summary>What an engine says about this model.</summary>
    internal LoadedModel Describe(string name, int contextTokens)
    {
        var chat = TokenizerFiles.Load(_files);
        return new LoadedModel(name, Manifest.Sha256, contextTokens, Parameters: 0, chat, TokenizerFiles.StopIds(chat.Tokenizer, EndIds()));
    }

    private IReadOnlyList<int> EndIds()
    {
        if (!_files.TryGetValue(DecoderConfig.FileName, out var json))
        {
            return [];
        }

        using var config = new ConfigFields(json);
        return config.Ids("eos_token_id");
    }

    private static ModelFile Describe(string name, byte[] bytes) => new(name, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)));

    private static byte[] ReadFile(string folder, string name)
    {
        try
        {
            using var stream = File.OpenRead(Path.Combine(folder, name));
            var bytes = stream.Length <= LargestFile
                ? new byte[stream.Length]
                : throw new ModelFormatException(name, "size", $"{stream.Length} bytes are more than {LargestFile}");
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFormatException(name, "file", $"can't be read in {folder}: {e.Message}", e);
        }
    }
}
