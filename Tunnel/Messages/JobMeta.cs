namespace CocoonOrleans.Tunnel.Messages;

/// <summary>The first record of an answer: who answers with what.</summary>
/// <param name="ModelManifestSha256">Hash of the model's files.</param>
/// <param name="Engine">The engine's kind; <c>scripted</c> says that no model computed this answer.</param>
/// <param name="EngineVersion">The engine's version.</param>
/// <param name="PromptTokens">The exact length of the prompt.</param>
public sealed record JobMeta(string ModelManifestSha256, string Engine, string EngineVersion, int PromptTokens);
