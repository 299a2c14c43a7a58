using CocoonOrleans.Tokenization.Files;

namespace CocoonOrleans.Tokenization.Normalization;

/// <summary>Replaces every occurrence of a fixed text by another.</summary>
internal sealed class ReplaceNormalizer(string pattern, string replacement) : ITextNormalizer
{
    /// <summary>Longest replacement, in characters: it bounds how much a text can grow.</summary>
    private const int LongestReplacement = 16;

    public static ReplaceNormalizer Read(JsonField step)
    {
        step["pattern"].AllowOnly("String");
        var pattern = step["pattern"]["String"].String();
        var replacement = step["content"].String();
        if (pattern.Length == 0)
        {
            throw step["pattern"]["String"].Refuse("must not be empty");
        }

        if (replacement.Length > LongestReplacement)
        {
            throw step["content"].Refuse($"has more than {LongestReplacement} characters");
        }

        return new ReplaceNormalizer(pattern, replacement);
    }

    public string Normalize(string text) => text.Replace(pattern, replacement, StringComparison.Ordinal);
}
