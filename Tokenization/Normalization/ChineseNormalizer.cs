using System.Text;
using CocoonOrleans.Tokenization.Characters;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tokenization.Normalization;

/// <summary>Puts spaces around every Chinese character, so that each becomes a word of its own.</summary>
internal sealed class ChineseNormalizer : ITextNormalizer
{
    public string Normalize(string text, EncodingDeadline deadline)
    {
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (CharacterClasses.IsChinese(rune))
            {
                result.Append(' ').Append(rune).Append(' ');
            }
            else
            {
                result.Append(rune);
            }
        }

        return result.ToString();
    }
}
