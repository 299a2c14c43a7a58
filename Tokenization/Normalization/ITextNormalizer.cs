namespace CocoonOrleans.Tokenization.Normalization;

/// <summary>One step of a tokenizer's <c>normalizer</c>. Thread-safe; the text is never empty and always valid Unicode.</summary>
internal interface ITextNormalizer
{
    string Normalize(string text);
}
