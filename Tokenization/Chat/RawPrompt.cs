namespace CocoonOrleans.Tokenization.Chat;

/// <summary>A prompt without chat: a text, or token ids as the client made them.</summary>
/// <param name="Text">The text, at least one character; none of it becomes a special token. Null for ids.</param>
/// <param name="Ids">The ids, at least one, taken as they are: nothing is put around them. Null for a text.</param>
public sealed record RawPrompt(string? Text, int[]? Ids);
