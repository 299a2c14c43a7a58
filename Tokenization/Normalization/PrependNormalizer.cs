namespace CocoonOrleans.Tokenization.Normalization;

/// <summary>Puts a fixed text in front, as SentencePiece does with its mark of a word's start.</summary>
internal sealed class PrependNormalizer(string prefix) : ITextNormalizer
{
    public string Normalize(string text) => prefix + text;
}
