using System.Globalization;
using System.Text;

namespace CocoonOrleans.Tokenization.Templates.Values;

/// <summary>What Python does with texts where .NET does something else.</summary>
internal static class PythonText
{
    /// <summary>As many characters may stand for one in Python's literals, as in <c>\U0010ffff</c>.</summary>
    private const int LongestEscape = 10;

    /// <summary>Python's <c>str.isspace</c>.</summary>
    public static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\x1c' and <= '\x1f';

    /// <summary>Compares by code points; .NET's ordinal order puts surrogates before U+E000.</summary>
    public static int Compare(string left, string right)
    {
        var same = left.AsSpan().CommonPrefixLength(right);
        if (same == left.Length || same == right.Length)
        {
            return left.Length.CompareTo(right.Length);
        }

        return Weight(left[same]).CompareTo(Weight(right[same]));

        static int Weight(char c) => char.IsSurrogate(c) ? c + 0x10000 : c;
    }

    /// <summary>Cuts off what stands around a text: Python's white space, or the characters of a set.</summary>
    public static MarkedText Trim(MarkedText text, string? set, bool start, bool end)
    {
        var (from, to) = (0, text.Length);
        var cut = set?.ToHashSet();
        while (start && from < to && IsCut(text.Text[from]))
        {
            from++;
        }

        while (end && to > from && IsCut(text.Text[to - 1]))
        {
            to--;
        }

        return text.Slice(from, to - from);

        bool IsCut(char c) => cut?.Contains(c) ?? IsSpace(c);
    }

    public static TemplateList Characters(MarkedText text)
    {
        var places = CharacterPlaces.Of(text.Text);
        var characters = new object?[places.Count];
        for (var i = 0; i < characters.Length; i++)
        {
            characters[i] = text.Slice(places[i], places[i + 1] - places[i]);
        }

        return new TemplateList(characters);
    }

    /// <summary>A value as Python's <c>str</c> writes it. A text made of marked ones is marked as a whole: users choose its signs and numbers too.</summary>
    public static MarkedText Describe(object? value, TemplateRun run)
    {
        var (text, marked) = (new MarkedTextBuilder(run), false);
        Write(value);
        return MarkedText.From(text.ToString(), marked);

        void Write(object? part)
        {
            run.Descend();
            switch (part)
            {
                case null:
                    text.AppendUnmarked("None");
                    break;
                case bool truth:
                    text.AppendUnmarked(truth ? "True" : "False");
                    break;
                case long number:
                    text.AppendUnmarked(number.ToString(CultureInfo.InvariantCulture));
                    break;
                case double number:
                    text.AppendUnmarked(TemplateNumbers.Write(number));
                    break;
                case MarkedText quoted:
                    marked |= quoted.IsMarked;
                    run.Spend(quoted.Length);
                    run.CheckLength((long)quoted.Length * LongestEscape);
                    text.AppendUnmarked(Quote(quoted.Text));
                    break;
                case TemplateUndefined:
                    text.AppendUnmarked("Undefined");
                    break;
                case TemplateList list:
                    text.AppendUnmarked(list.IsTuple ? "(" : "[");
                    for (var i = 0; i < list.Count; i++)
                    {
                        text.AppendUnmarked(i > 0 ? ", " : "");
                        Write(list[i]);
                    }

                    text.AppendUnmarked(list.IsTuple ? list.Count == 1 ? ",)" : ")" : "]");
                    break;
                case TemplateMap map:
                    text.AppendUnmarked("{");
                    var first = true;
                    foreach (var (key, entry) in map.Entries)
                    {
                        text.AppendUnmarked(first ? "" : ", ");
                        first = false;
                        Write(key.Value);
                        text.AppendUnmarked(": ");
                        Write(entry);
                    }

                    text.AppendUnmarked("}");
                    break;
                default:
                    throw run.Fail("writes something that is no text");
            }

            run.Ascend();
        }
    }

    /// <summary>Python's <c>repr</c> of a text.</summary>
    private static string Quote(string text)
    {
        var quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        var quoted = new StringBuilder(text.Length + 2).Append(quote);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (Rune.TryGetRuneAt(text, i, out var rune) && !rune.IsBmp)
            {
                quoted.Append(IsPrintable(Rune.GetUnicodeCategory(rune)) ? rune.ToString() : $"\\U{rune.Value:x8}");
                i++;
                continue;
            }

            _ = c switch
            {
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                _ when c == quote => quoted.Append('\\').Append(c),
                _ when c == ' ' || IsPrintable(char.GetUnicodeCategory(c)) => quoted.Append(c),
                <= '\xff' => quoted.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}"),
                _ => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
            };
        }

        return quoted.Append(quote).ToString();
    }

    private static bool IsPrintable(UnicodeCategory category) => category is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);
}
