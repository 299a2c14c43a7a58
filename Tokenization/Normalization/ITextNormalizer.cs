using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tokenization.Normalization;

/// <summary>One step of a tokenizer's <c>normalizer</c>. Thread-safe; the text is always valid Unicode, and may be empty.</summary>
internal interface ITextNormalizer
{
    string Normalize(string text, EncodingDeadline deadline);
}
