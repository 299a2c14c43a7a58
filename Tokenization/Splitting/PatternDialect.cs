namespace CocoonOrleans.Tokenization.Splitting;

/// <summary>
/// Tokenizer files are written for Oniguruma. Where .NET's regular expressions would take the same letters for something else, the pattern is
/// refused: a silent difference would split text in other places than the model was trained with.
/// </summary>
internal static class PatternDialect
{
    private const string SameEscapes = "rntfsSdDpP";
    private static readonly string[] SameGroups = ["(?:", "(?i:", "(?=", "(?!", "(?<=", "(?<!", "(?>"];

    /// <summary>What in the pattern has another meaning in .NET, or null.</summary>
    public static string? FindDifference(string pattern)
    {
        var inClass = false;
        var classStart = 0;
        for (var i = 0; i < pattern.Length; i++)
        {
            var c = pattern[i];
            if (char.IsSurrogate(c))
            {
                return "a character above U+FFFF";
            }

            if (c == '\\')
            {
                i++;
                if (i < pattern.Length && char.IsAsciiLetterOrDigit(pattern[i]) && !SameEscapes.Contains(pattern[i]))
                {
                    return $"the escape \\{pattern[i]}";
                }
            }
            else if (inClass)
            {
                if (c == '[' || (c == '&' && pattern.AsSpan(i).StartsWith("&&")))
                {
                    return "a set operation inside a character class";
                }

                inClass = c != ']' || i == classStart;
            }
            else if (c == '[')
            {
                inClass = true;
                classStart = i + (pattern.AsSpan(i + 1).StartsWith("^") ? 2 : 1);
                i = classStart - 1;
            }
            else if (c == '{' && pattern.AsSpan(i).StartsWith("{,"))
            {
                return "a repetition without a lower bound";
            }
            else if (c is '^' or '$')
            {
                return $"the anchor {c}";
            }
            else if (c == '(' && pattern.AsSpan(i).StartsWith("(?") && !SameGroups.Any(group => pattern.AsSpan(i).StartsWith(group)))
            {
                return "a group of an unknown kind";
            }
        }

        return null;
    }
}
