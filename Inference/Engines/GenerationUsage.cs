namespace CocoonOrleans.Inference.Engines;

/// <summary>Exact token counts of one answer.</summary>
/// <param name="PromptTokens">Tokens of the prompt, cached ones included.</param>
/// <param name="CachedTokens">Tokens of the prompt that were computed for an earlier request.</param>
/// <param name="CompletionTokens">Tokens sampled; the stop token is not counted.</param>
public sealed record GenerationUsage(int PromptTokens, int CachedTokens, int CompletionTokens);
