using CocoonOrleans.Tokenization.Files;

namespace CocoonOrleans.Tokenization.Normalization;

/// <summary>Replaces every occurrence of a fixed text by another.</summary>
internal sealed class ReplaceNormalizer(string pattern, string replacement) : ITextNormalizer
{
    /// <summary>Longest pattern and longest replacement, in characters: they bound how long a text takes and how much it can grow.</summary>
    private const int Longest = 16;

    /// <summary>By what the length of a text is multiplied at most.</summary>
    public int Growth => Math.Max(1, (replacement.Length + pattern.Length - 1) / pattern.Length);

    public static ReplaceNormalizer Read(JsonField step)
    {
        step["pattern"].AllowOnly("String");
        var pattern = step["pattern"]["String"].String();
        var replacement = step["content"].String();
        if (pattern.Length is 0 or > Longest)
        {
            throw step["pattern"]["String"].Refuse($"must have 1 to {Longest} characters");
        }

        if (replacement.Length > Longest)
        {
            throw step["content"].Refuse($"has more than {Longest} characters");
        }

        return new ReplaceNormalizer(pattern, replacement);
    }

    public string Normalize(string text) => text.Replace(pattern, replacement, StringComparison.Ordinal);
}
