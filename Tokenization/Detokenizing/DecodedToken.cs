namespace CocoonOrleans.Tokenization.Detokenizing;

/// <summary>What a token has become on its way through the decoder's steps: a text or, once it is known to stand for bytes, those.</summary>
internal readonly record struct DecodedToken(string Text, byte[]? Bytes);
