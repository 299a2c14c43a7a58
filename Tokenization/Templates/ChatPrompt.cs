namespace CocoonOrleans.Tokenization.Templates;

/// <summary>A chat as the one text that the model reads.</summary>
/// <param name="Text">The text.</param>
/// <param name="FromMessages">Its parts that came from messages, in order, apart from each other, none empty. No special token may be read inside them.</param>
public sealed record ChatPrompt(string Text, IReadOnlyList<TextRange> FromMessages);
