namespace CocoonOrleans.Inference.Models.Vocabularies;

/// <summary>A GGUF file's tokenizer in the form of Hugging Face's files.</summary>
/// <param name="TokenizerJson"><c>tokenizer.json</c>.</param>
/// <param name="ConfigJson"><c>tokenizer_config.json</c>.</param>
/// <param name="ChatTemplate">The chat template; null where there is none.</param>
internal sealed record GgufVocabulary(byte[] TokenizerJson, byte[] ConfigJson, string? ChatTemplate);
