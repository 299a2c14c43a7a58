using System.Text;
using CocoonOrleans.Tokenization.Files;
using CocoonOrleans.Tokenization.Splitting;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tokenization.Normalization;

/// <summary>Replaces every match of a pattern by a fixed text.</summary>
internal sealed class ReplaceNormalizer(IDelimiter pattern, string replacement, int shortestMatch) : ITextNormalizer
{
    /// <summary>Longest literal pattern and longest replacement, in characters: they bound how long a text takes and how much it can grow.</summary>
    private const int Longest = 16;

    /// <summary>By what the length of a text is multiplied at most.</summary>
    public int Growth => Math.Max(1, (replacement.Length + shortestMatch - 1) / shortestMatch);

    public static ReplaceNormalizer Read(JsonField step)
    {
        step.AllowOnly("type", "pattern", "content");
        var pattern = PiecePattern.Read(step["pattern"]);
        var literal = step["pattern"]["String"];
        var shortest = literal.IsNull ? 1 : literal.String().Length;
        if (shortest > Longest)
        {
            throw literal.Refuse($"must have 1 to {Longest} characters");
        }

        var replacement = step["content"].String();
        return replacement.Length <= Longest ? new ReplaceNormalizer(pattern, replacement, shortest) : throw step["content"].Refuse($"has more than {Longest} characters");
    }

    public string Normalize(string text, EncodingDeadline deadline)
    {
        if (text.Length == 0)
        {
            return text;
        }

        var seen = new PieceText(text, isStart: true);
        var matches = new List<PieceSpan>();
        pattern.Find(seen, seen.Pieces[0], deadline, matches);
        if (matches.Count == 0)
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        var end = 0;
        foreach (var match in matches)
        {
            result.Append(text, end, match.Start - end).Append(replacement);
            end = match.End;
        }

        return result.Append(text, end, text.Length - end).ToString();
    }
}
