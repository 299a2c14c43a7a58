using CocoonOrleans.Inference.Models;
using CocoonOrleans.Inference.Upstream;

namespace CocoonOrleans.Inference.Engines;

/// <summary>A model to load.</summary>
/// <param name="name">The name that clients use, for example <c>house</c>.</param>
/// <param name="folder">Folder with config.json, *.safetensors and the tokenizer's files.</param>
/// <param name="manifestSha256">The content that it must have (64 lower-case hex digits); null accepts what lies there.</param>
/// <exception cref="ArgumentException">The name is not 1 to 128 characters out of letters, digits and <c>._-/:</c>.</exception>
public sealed class ModelReference(string name, string folder, string? manifestSha256 = null)
{
    private const int MaximumNameLength = 128;

    /// <summary>The name that clients use. It travels in logs, metrics and receipts, so its characters are few.</summary>
    public string Name { get; } = name.Length is > 0 and <= MaximumNameLength && name.All(c => char.IsAsciiLetterOrDigit(c) || "._-/:".Contains(c))
        ? name
        : throw new ArgumentException($"A model's name is 1 to {MaximumNameLength} characters out of letters, digits and ._-/:", nameof(name));

    /// <summary>Where the model lies.</summary>
    public string Folder { get; } = folder;

    /// <summary>The hash that its manifest must have; null accepts any.</summary>
    public string? ManifestSha256 { get; } = manifestSha256;

    /// <summary>Where its files are read from, where that is not the folder as it lies; null for the folder.</summary>
    public IModelFiles? Files { get; init; }

    /// <summary>The server that computes it; null where this process does.</summary>
    public UpstreamModelOptions? Upstream { get; init; }
}
