using CocoonOrleans.Tokenization.BytePairs;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tokenization.Normalization;

/// <summary>Writes the text's bytes in <see cref="ByteAlphabet"/>.</summary>
internal sealed class ByteLevelNormalizer : ITextNormalizer
{
    public string Normalize(string text, EncodingDeadline deadline) => ByteAlphabet.CharactersOf(text);
}
