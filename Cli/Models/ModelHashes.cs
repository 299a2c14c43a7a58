namespace CocoonOrleans.Cli.Models;

/// <summary>The JSON object of <c>cocoon model hash</c>: what a catalogue entry needs.</summary>
/// <param name="Folder">What was hashed.</param>
/// <param name="ManifestSha256">Hex SHA-256 of the manifest: the exact weights, tokenizer and template.</param>
/// <param name="TokenizerSha256">Hex SHA-256 of tokenizer, its configuration and chat template.</param>
/// <param name="ContextTokens">Most tokens of prompt and completion together; of one input where it makes embeddings.</param>
/// <param name="EmbeddingDimensions">Numbers of its vectors where it makes embeddings; null where it chats, and where another server computes it.</param>
public sealed record ModelHashes(string Folder, string ManifestSha256, string TokenizerSha256, int ContextTokens, int? EmbeddingDimensions);
