using System.Globalization;
using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.BuiltIns;

/// <summary>
/// Python's operations on texts, which keep the marks. Upper and lower case change letters one for one: the few that Python makes longer, like ß, stay.
/// </summary>
internal static class Texts
{
    public static MarkedText Lower(MarkedText text) => text.WithSameLength(text.Text.ToLowerInvariant());

    public static MarkedText Upper(MarkedText text) => text.WithSameLength(text.Text.ToUpperInvariant());

    public static MarkedText Capitalize(MarkedText text)
    {
        var first = char.IsHighSurrogate(text.Text.FirstOrDefault()) && text.Length > 1 ? 2 : Math.Min(1, text.Length);
        return text.WithSameLength(text.Text[..first].ToUpperInvariant() + text.Text[first..].ToLowerInvariant());
    }

    /// <summary>Python's method: a letter is large unless it follows a letter.</summary>
    public static MarkedText Title(MarkedText text) => Title(text, (before, _) => !char.IsLetter(before));

    /// <summary>Jinja's filter: a letter is large at the start and after space, hyphen or an opening bracket.</summary>
    public static MarkedText TitleOfWords(MarkedText text) => Title(text, (before, isFirst) => isFirst || PythonText.IsSpace(before) || before is '-' or '(' or '{' or '[' or '<');

    public static MarkedText Replace(MarkedText text, MarkedText old, MarkedText by, long atMost, TemplateRun run)
    {
        run.SpendSearch(text, old);
        atMost = atMost < 0 ? long.MaxValue : atMost;
        var (replaced, done) = (new MarkedTextBuilder(run), 0);
        if (old.Length == 0)
        {
            var characters = CharacterPlaces.Of(text.Text);
            for (var i = 0; i <= characters.Count && i < atMost; i++)
            {
                replaced.Append(by);
                done = i == characters.Count ? text.Length : characters[i + 1];
                replaced.Append(text.Slice(characters[i], done - characters[i]));
            }
        }
        else
        {
            for (; atMost > 0 && text.Text.IndexOf(old.Text, done, StringComparison.Ordinal) is var at and >= 0; atMost--)
            {
                replaced.Append(text.Slice(done, at - done));
                replaced.Append(by);
                done = at + old.Length;
            }
        }

        replaced.Append(text.From(done));
        return replaced.ToText();
    }

    /// <summary>Splits at each place of a text, or where that is null at white space, of which none is left.</summary>
    public static TemplateList Split(MarkedText text, MarkedText? separator, long atMost, bool fromEnd, TemplateRun run)
    {
        atMost = atMost < 0 ? long.MaxValue : atMost;
        var parts = new List<object?>();
        if (separator is null)
        {
            SplitAtSpace(text, atMost, fromEnd, parts, run);
        }
        else if (separator.Length == 0)
        {
            throw run.Fail("splits at an empty text");
        }
        else
        {
            run.SpendSearch(text, separator);
            var (start, end) = (0, text.Length);
            while (atMost-- > 0 && Find(text.Text, separator.Text, start, end, fromEnd) is var at and >= 0)
            {
                run.SpendElements(1);
                parts.Add(fromEnd ? text.Slice(at + separator.Length, end - at - separator.Length) : text.Slice(start, at - start));
                (start, end) = fromEnd ? (0, at) : (at + separator.Length, end);
            }

            parts.Add(text.Slice(start, end - start));
        }

        if (fromEnd)
        {
            parts.Reverse();
        }

        return new TemplateList([.. parts]);
    }

    /// <summary>The lines, at all that Python takes for the end of one.</summary>
    public static List<MarkedText> Lines(MarkedText text, bool keepEnds, TemplateRun run)
    {
        var (lines, start) = (new List<MarkedText>(), 0);
        while (start < text.Length)
        {
            run.SpendElements(1);
            var end = text.Text.AsSpan(start).IndexOfAny("\n\r\v\f\x1c\x1d\x1e\u0085\u2028\u2029");
            end = end < 0 ? text.Length : start + end;
            var next = end == text.Length ? end : end + (text.Text.AsSpan(end).StartsWith("\r\n") ? 2 : 1);
            lines.Add(text.Slice(start, (keepEnds ? next : end) - start));
            start = next;
        }

        return lines;
    }

    public static MarkedText Indent(MarkedText text, MarkedText by, bool first, bool blank, TemplateRun run)
    {
        var indented = new MarkedTextBuilder(run);
        var lines = Lines(run.Join(text, MarkedText.FromTemplate("\n")), keepEnds: false, run);
        for (var i = 0; i < lines.Count; i++)
        {
            indented.AppendUnmarked(i > 0 ? "\n" : "");
            if (i == 0 ? first : blank || lines[i].Length > 0)
            {
                indented.Append(by);
            }

            indented.Append(lines[i]);
        }

        return indented.ToText();
    }

    public static MarkedText Reverse(MarkedText text, TemplateRun run)
    {
        var reversed = new MarkedTextBuilder(run);
        var characters = CharacterPlaces.Of(text.Text);
        for (var i = characters.Count - 1; i >= 0; i--)
        {
            reversed.Append(text.Slice(characters[i], characters[i + 1] - characters[i]));
        }

        return reversed.ToText();
    }

    public static MarkedText Join(MarkedText separator, IEnumerable<MarkedText> parts, TemplateRun run)
    {
        var (joined, any) = (new MarkedTextBuilder(run), false);
        foreach (var part in parts)
        {
            joined.Append(any ? separator : MarkedText.Empty);
            joined.Append(part);
            any = true;
        }

        return joined.ToText();
    }

    /// <summary>Where a part stands, in code points; -1 if nowhere.</summary>
    public static long Find(MarkedText text, MarkedText part, bool last, TemplateRun run)
    {
        run.SpendSearch(text, part);
        var at = Find(text.Text, part.Text, 0, text.Length, last);
        return at < 0 ? at : CharacterPlaces.Of(text.Text[..at]).Count;
    }

    public static long Count(MarkedText text, MarkedText part, TemplateRun run)
    {
        run.SpendSearch(text, part);
        if (part.Length == 0)
        {
            return CharacterPlaces.Of(text.Text).Count + 1L;
        }

        var count = 0L;
        for (var at = 0; text.Text.IndexOf(part.Text, at, StringComparison.Ordinal) is var found and >= 0; at = found + part.Length)
        {
            count++;
        }

        return count;
    }

    public static bool IsAll(MarkedText text, Func<char, bool> isSo) => text.Length > 0 && text.Text.All(isSo);

    /// <summary>Whether there are letters with case, and all are lower (or upper).</summary>
    public static bool IsCased(MarkedText text, UnicodeCategory wanted)
    {
        var cased = text.Text.EnumerateRunes().Select(System.Text.Rune.GetUnicodeCategory)
            .Where(category => category is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter).ToArray();
        return cased.Length > 0 && cased.All(category => category == wanted);
    }

    private static MarkedText Title(MarkedText text, Func<char, bool, bool> startsWord)
    {
        var titled = text.Text.ToLowerInvariant().ToCharArray();
        for (var i = 0; i < titled.Length; i++)
        {
            titled[i] = startsWord(i > 0 ? titled[i - 1] : ' ', i == 0) ? char.ToUpperInvariant(titled[i]) : titled[i];
        }

        return text.WithSameLength(new string(titled));
    }

    private static int Find(string text, string part, int start, int end, bool last) => last
        ? text.AsSpan(start, end - start).LastIndexOf(part)
        : text.IndexOf(part, start, end - start, StringComparison.Ordinal);

    /// <summary>After the last split the rest stays as it is, with the white space at its far end.</summary>
    private static void SplitAtSpace(MarkedText text, long atMost, bool fromEnd, List<object?> parts, TemplateRun run)
    {
        var (start, end) = (0, text.Length);
        while (true)
        {
            _ = fromEnd ? end = Skip(end, space: true) : start = Skip(start, space: true);
            if (start >= end)
            {
                return;
            }

            run.SpendElements(1);
            var stop = atMost-- <= 0 ? fromEnd ? 0 : text.Length : Skip(fromEnd ? end : start, space: false);
            parts.Add(fromEnd ? text.Slice(stop, end - stop) : text.Slice(start, stop - start));
            _ = fromEnd ? end = stop : start = stop;
        }

        int Skip(int place, bool space)
        {
            while (fromEnd ? place > 0 && PythonText.IsSpace(text.Text[place - 1]) == space : place < text.Length && PythonText.IsSpace(text.Text[place]) == space)
            {
                place += fromEnd ? -1 : 1;
            }

            return place;
        }
    }
}
