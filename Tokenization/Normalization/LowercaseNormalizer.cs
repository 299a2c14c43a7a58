using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tokenization.Normalization;

/// <summary>Writes each character in lower case, without regard to language or neighbours (a sigma at the end of a word stays an ordinary one).</summary>
internal sealed class LowercaseNormalizer : ITextNormalizer
{
    /// <summary>The one character whose lower case is two.</summary>
    private const string CapitalIWithDot = "\u0130";

    public string Normalize(string text, EncodingDeadline deadline) => text.Replace(CapitalIWithDot, "i\u0307", StringComparison.Ordinal).ToLowerInvariant();
}
