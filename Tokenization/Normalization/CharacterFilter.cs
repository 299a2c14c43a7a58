using System.Text;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tokenization.Normalization;

/// <summary>Leaves out every character of some kind.</summary>
internal sealed class CharacterFilter(Func<Rune, bool> isLeftOut) : ITextNormalizer
{
    public string Normalize(string text, EncodingDeadline deadline)
    {
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (!isLeftOut(rune))
            {
                result.Append(rune);
            }
        }

        return result.Length == text.Length ? text : result.ToString();
    }
}
