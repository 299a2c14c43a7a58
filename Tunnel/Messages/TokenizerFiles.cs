namespace CocoonOrleans.Tunnel.Messages;

/// <summary>The files that count and render a model's prompts, byte for byte (base64 in JSON), so that the receiver can check their hash.</summary>
/// <param name="TokenizerJson">tokenizer.json.</param>
/// <param name="TokenizerConfigJson">tokenizer_config.json; empty where the model has none.</param>
/// <param name="ChatTemplate">The chat template's source in UTF-8.</param>
public sealed record TokenizerFiles(byte[] TokenizerJson, byte[] TokenizerConfigJson, byte[] ChatTemplate);
