namespace CocoonOrleans.Tokenization.Detokenizing;

/// <summary>Where a token stands among those that are decoded: some decoders treat the first and the last one differently.</summary>
internal readonly record struct TokenPlace(bool First, bool Last);
