using System.Text.RegularExpressions;
using CocoonOrleans.Tokenization.Files;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tokenization.Splitting;

/// <summary>A regular expression from a model's file: hostile until proven otherwise, so its time is bounded. Thread-safe.</summary>
internal sealed class PiecePattern : IDelimiter
{
    private const int LongestPattern = 4096;
    private static readonly TimeSpan MatchLimit = TimeSpan.FromSeconds(1);

    private readonly Regex _regex;
    private readonly JsonField _field;

    private PiecePattern(Regex regex, JsonField field)
    {
        _regex = regex;
        _field = field;
    }

    /// <summary>Reads <c>{"String": "..."}</c> or <c>{"Regex": "..."}</c>.</summary>
    public static IDelimiter Read(JsonField pattern)
    {
        pattern.AllowOnly("String", "Regex");
        if (!pattern["Regex"].IsNull)
        {
            return FromRegex(pattern["Regex"].String(), pattern["Regex"]);
        }

        var literal = pattern["String"].String();
        CheckLength(literal, pattern["String"]);
        return new LiteralDelimiter(literal);
    }

    public static PiecePattern FromRegex(string pattern, JsonField field)
    {
        CheckLength(pattern, field);
        if (PatternDialect.FindDifference(pattern) is { } difference)
        {
            throw field.Refuse($"holds {difference}, which this implementation does not read as the model's authors do");
        }

        try
        {
            // Not NonBacktracking: on one long run of spaces it needs 15 microseconds for each, a thousand times as long, and models need look-arounds.
            return new PiecePattern(new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.Compiled, MatchLimit), field);
        }
        catch (ArgumentException e)
        {
            throw field.Refuse($"is not a regular expression: {e.Message.TrimEnd('.')}");
        }
    }

    public void Find(PieceText text, PieceSpan piece, EncodingDeadline deadline, List<PieceSpan> matches)
    {
        var categories = text.Categories;
        var seen = categories.FromOriginal(piece);
        try
        {
            foreach (var match in _regex.EnumerateMatches(categories.Text.AsSpan(seen.Start, seen.Length)))
            {
                if (match.Length == 0)
                {
                    throw _field.Refuse("matches an empty text, which is not supported");
                }

                var start = seen.Start + match.Index;
                matches.Add(categories.InOriginal(new PieceSpan(start, start + match.Length)));
                deadline.Check(_field);
            }
        }
        catch (RegexMatchTimeoutException)
        {
            throw EncodingDeadline.TooSlow(_field);
        }
    }

    private static void CheckLength(string pattern, JsonField field)
    {
        if (pattern.Length is 0 or > LongestPattern)
        {
            throw field.Refuse($"must have 1 to {LongestPattern} characters");
        }
    }
}
