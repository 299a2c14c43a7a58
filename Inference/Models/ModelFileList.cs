using CocoonOrleans.Inference.Formats;

namespace CocoonOrleans.Inference.Models;

/// <summary>Which files of a folder are its model. What no part of the engine reads (a card, a licence) is not.</summary>
public sealed class ModelFileList
{
    internal const string SingleWeights = "model.safetensors";

    private const string GgufEnding = ".gguf";

    private ModelFileList(bool isSharded, string? gguf, IReadOnlyList<string> texts) => (IsSharded, Gguf, Texts) = (isSharded, gguf, texts);

    /// <summary>Those that are not weights.</summary>
    public IReadOnlyList<string> Texts { get; }

    /// <summary>Whether safetensors are spread over files that an index names.</summary>
    internal bool IsSharded { get; }

    /// <summary>The GGUF file, where there are no safetensors.</summary>
    internal string? Gguf { get; }

    /// <summary>Finds them.</summary>
    /// <param name="source">Where they are.</param>
    /// <exception cref="ModelFormatException">There is no such folder, or there are two models in it.</exception>
    public static ModelFileList Of(IModelFiles source)
    {
        ArgumentNullException.ThrowIfNull(source);

        // A folder that isn't there is told as such, not as one without files.
        _ = source.Names;
        var sharded = source.Exists(SafetensorsIndex.FileName);
        var gguf = sharded || source.Exists(SingleWeights) ? null : FindGguf(source);
        return new ModelFileList(
            sharded,
            gguf,
            [
                .. gguf is null ? [TransformerConfig.FileName] : Array.Empty<string>(),
                .. gguf is null || source.Exists(TokenizerFiles.Tokenizer) ? [TokenizerFiles.Tokenizer] : Array.Empty<string>(),
                .. TokenizerFiles.Optional.Concat(SentenceFiles.All).Where(source.Exists),
                .. sharded ? [SafetensorsIndex.FileName] : Array.Empty<string>(),
            ]);
    }

    /// <summary>The files of weights.</summary>
    /// <param name="source">Where they are.</param>
    /// <exception cref="ModelFormatException">The index that names them can't be read.</exception>
    public IReadOnlyList<string> Weights(IModelFiles source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Gguf is not null ? [Gguf]
            : IsSharded ? Shards(SafetensorsIndex.Parse(ModelFolder.ReadText(source, SafetensorsIndex.FileName)))
            : [SingleWeights];
    }

    internal static string? FindGguf(IModelFiles source)
    {
        string[] found = [.. source.Names.Where(name => name.EndsWith(GgufEnding, StringComparison.OrdinalIgnoreCase)).Take(2)];
        return found.Length < 2
            ? found.FirstOrDefault()
            : throw new ModelFormatException(source.Place, "weights", $"{found[0]} and {found[1]} are two models; leave one");
    }

    internal static List<string> Shards(IReadOnlyDictionary<string, string> shards) => [.. shards.Values.Distinct().Order(StringComparer.Ordinal)];
}
