using System.Text;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tokenization.Normalization;

/// <summary>Writes a space for every character of some kind.</summary>
internal sealed class SpaceNormalizer(Func<Rune, bool> isSpace) : ITextNormalizer
{
    public string Normalize(string text, EncodingDeadline deadline)
    {
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            result.Append(isSpace(rune) ? new Rune(' ') : rune);
        }

        return result.ToString();
    }
}
