namespace CocoonOrleans.Tokenization.Tokenizers;

/// <summary>A part of a text, from <paramref name="Start"/> up to, without, <paramref name="End"/>: an added token, or what stands between them.</summary>
internal readonly record struct TextPart(int Start, int End, AddedToken? Token);
