namespace CocoonOrleans.Inference.Engines;

/// <summary>The vectors of a request.</summary>
/// <param name="Vectors">One for each input, in their order, each of length 1 and with as many numbers as were asked for.</param>
/// <param name="PromptTokens">Tokens of all inputs.</param>
public sealed record EmbeddingResult(IReadOnlyList<float[]> Vectors, int PromptTokens);
