using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tokenization.Normalization;

/// <summary>Takes white space from the ends of the text.</summary>
internal sealed class StripNormalizer(bool left, bool right) : ITextNormalizer
{
    public string Normalize(string text, EncodingDeadline deadline)
    {
        text = left ? text.TrimStart() : text;
        return right ? text.TrimEnd() : text;
    }
}
