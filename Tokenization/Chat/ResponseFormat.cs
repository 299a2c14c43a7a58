namespace CocoonOrleans.Tokenization.Chat;

/// <summary>What an answer has to be.</summary>
/// <param name="Schema">JSON Schema that it has to fit, as the client wrote it; null for any JSON object.</param>
public sealed record ResponseFormat(string? Schema);
