using System.Security.Cryptography;
using System.Text;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Formats;

namespace CocoonOrleans.Inference.Models;

/// <summary>The exact content of a model: its files with sizes and hashes. Its own hash is the model's identity, as in <c>name@sha256:hash</c>.</summary>
public sealed class ModelManifest
{
    private const string FirstLine = "cocoon model manifest 1";

    /// <summary>Makes the manifest of some files; their order does not matter.</summary>
    /// <param name="files">The files.</param>
    /// <param name="quantization">What becomes of the weights when they are loaded: int8 of the same weights is another model.</param>
    public ModelManifest(IEnumerable<ModelFile> files, WeightQuantization quantization = WeightQuantization.None)
    {
        Files = [.. files.OrderBy(file => file.Name, StringComparer.Ordinal)];
        Quantization = quantization;
        var recipe = quantization == WeightQuantization.None ? "" : $"quantization {Recipe(quantization)}\n";
        Text = $"{FirstLine}\n{recipe}{string.Concat(Files.Select(file => $"{file.Sha256} {file.Bytes} {file.Name}\n"))}";
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)));
    }

    /// <summary>The files, ordered by name (ordinal).</summary>
    public IReadOnlyList<ModelFile> Files { get; }

    /// <summary>What becomes of the weights when they are loaded.</summary>
    public WeightQuantization Quantization { get; }

    /// <summary>
    /// The canonical text that is hashed: a first line, a line <c>quantization recipe</c> where weights are quantised, then <c>hash size name</c> for each file, every line
    /// ended by one line feed.
    /// </summary>
    public string Text { get; }

    /// <summary>SHA-256 of <see cref="Text"/> in UTF-8: 64 lower-case hex digits.</summary>
    public string Sha256 { get; }

    /// <summary>Makes sure that this is what a reference asks for.</summary>
    /// <exception cref="ModelFormatException">It asks for other content.</exception>
    public void Require(ModelReference model)
    {
        if (model.ManifestSha256 is { } expected && expected != Sha256)
        {
            throw new ModelFormatException(
                model.Folder, "manifest", $"the files are not those of {model.Name}@sha256:{expected}; their manifest's hash is {Sha256}");
        }
    }

    /// <summary>The number goes up whenever the same weights would become other integers.</summary>
    private static string Recipe(WeightQuantization quantization) => quantization switch
    {
        WeightQuantization.BFloat16 => "bfloat16",
        WeightQuantization.BFloat16Compute => "bfloat16-compute-1",
        WeightQuantization.Int8 => "int8-group32-1",
        WeightQuantization.Int4 => "int4-group32-1",
        _ => throw new ArgumentOutOfRangeException(nameof(quantization)),
    };
}
