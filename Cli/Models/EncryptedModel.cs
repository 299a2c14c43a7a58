using CocoonOrleans.Sealing.Models;

namespace CocoonOrleans.Cli.Models;

/// <summary>A model that was encrypted.</summary>
/// <param name="Manifest">Its manifest.</param>
/// <param name="ShareFiles">The brokers' share files, in the manifest's order.</param>
internal sealed record EncryptedModel(EncryptedModelManifest Manifest, IReadOnlyList<string> ShareFiles);
