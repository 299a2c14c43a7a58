namespace CocoonOrleans.Tokenization.Templates;

/// <summary>A part of a text, in UTF-16 units.</summary>
/// <param name="Start">The first unit.</param>
/// <param name="End">The first unit after it.</param>
public readonly record struct TextRange(int Start, int End);
