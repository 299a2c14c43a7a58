using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tokenization.Normalization;

/// <summary>Puts a fixed text in front of any text that isn't empty, as SentencePiece does with its mark of a word's start.</summary>
internal sealed class PrependNormalizer(string prefix) : ITextNormalizer
{
    public string Normalize(string text, EncodingDeadline deadline) => text.Length == 0 ? text : prefix + text;
}
