namespace CocoonOrleans.Tokenization.Embeddings;

/// <summary>One input: a text, or token ids as the client made them.</summary>
/// <param name="Text">The text; null for ids.</param>
/// <param name="Ids">The ids, taken as they are: nothing is put around them; null for a text.</param>
public readonly record struct EmbeddingInput(string? Text, int[]? Ids);
