namespace CocoonOrleans.Inference.Engines;

/// <summary>A model to load.</summary>
/// <param name="Name">The name that clients use, for example <c>house</c>; 1 to 128 characters out of letters, digits and <c>._-/:</c>.</param>
/// <param name="Folder">Folder with config.json, *.safetensors, tokenizer.json and the chat template.</param>
/// <param name="ManifestSha256">The content that it must have (64 lower-case hex digits); null accepts what lies there.</param>
public sealed record ModelReference(string Name, string Folder, string? ManifestSha256 = null);
