using System.Text.RegularExpressions;
using CocoonOrleans.Tokenization.Files;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tokenization.Splitting;

/// <summary>A splitting pattern from a model's file: hostile until proven otherwise, so its time is bounded. Thread-safe.</summary>
internal sealed class PiecePattern
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
    public static PiecePattern Read(JsonField pattern)
    {
        pattern.AllowOnly("String", "Regex");
        return pattern["Regex"].IsNull ? FromRegex(Regex.Escape(pattern["String"].String()), pattern["String"]) : FromRegex(pattern["Regex"].String(), pattern["Regex"]);
    }

    public static PiecePattern FromRegex(string pattern, JsonField field)
    {
        if (pattern.Length is 0 or > LongestPattern)
        {
            throw field.Refuse($"must have 1 to {LongestPattern} characters");
        }

        if (PatternDialect.FindDifference(pattern) is { } difference)
        {
            throw field.Refuse($"holds {difference}, which this implementation does not read as the model's authors do");
        }

        try
        {
            return new PiecePattern(Compile(pattern), field);
        }
        catch (ArgumentException e)
        {
            throw field.Refuse($"is not a regular expression: {e.Message.TrimEnd('.')}");
        }
    }

    /// <summary>Adds all matches inside a piece of the text; a match sees nothing outside its piece.</summary>
    public void Find(ReadOnlySpan<char> text, PieceSpan piece, SplittingDeadline deadline, List<PieceSpan> matches)
    {
        try
        {
            foreach (var match in _regex.EnumerateMatches(text[piece.Start..piece.End]))
            {
                if (match.Length > 0)
                {
                    matches.Add(new PieceSpan(piece.Start + match.Index, piece.Start + match.Index + match.Length));
                }

                if (deadline.Passed)
                {
                    throw TooSlow();
                }
            }
        }
        catch (RegexMatchTimeoutException)
        {
            throw TooSlow();
        }
    }

    private TokenizerFormatException TooSlow() => _field.Refuse("takes too long on this text");

    /// <summary>In time linear in the text where the pattern allows it; look-arounds need the backtracking engine.</summary>
    private static Regex Compile(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, MatchLimit);
        }
        catch (NotSupportedException)
        {
            return new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.Compiled, MatchLimit);
        }
    }
}
