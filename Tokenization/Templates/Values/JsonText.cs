using System.Globalization;
using System.Text;

namespace CocoonOrleans.Tokenization.Templates.Values;

/// <summary>
/// Writes values as Python's <c>json.dumps</c> does, which Hugging Face's <c>tojson</c> calls: no HTML escapes, and a space after commas and colons.
/// What is made with a marked text is marked as a whole, for whoever sent it chose its signs and numbers too.
/// </summary>
internal sealed class JsonText(TemplateRun run, MarkedText? indent, MarkedText comma, MarkedText colon, bool onlyAscii, bool sortKeys)
{
    /// <summary>As many characters may stand for one, as in <c>\u0001</c>.</summary>
    private const int LongestEscape = 6;

    private readonly MarkedTextBuilder _text = new(run);
    private bool _marked = comma.IsMarked || colon.IsMarked || indent is { IsMarked: true };

    public MarkedText Write(object? value)
    {
        WriteValue(value, 0);
        return MarkedText.From(_text.ToString(), _marked);
    }

    private void WriteValue(object? value, int depth)
    {
        run.Descend();
        switch (value)
        {
            case MarkedText text:
                WriteText(text);
                break;
            case TemplateList list:
                WriteAll('[', ']', list, WriteValue, depth);
                break;
            case TemplateMap map:
                var entries = map.Entries.Select(entry => (object?)TemplateMap.Pair(entry));
                WriteAll('{', '}', sortKeys ? ListSort.Sort([.. entries], (a, b) => TemplateValues.IsLess(((TemplateList)a!)[0], ((TemplateList)b!)[0], run), run) : entries, WriteEntry, depth);
                break;
            case double number:
                _text.AppendUnmarked(double.IsFinite(number) ? TemplateNumbers.Write(number) : double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
                break;
            default:
                _text.AppendUnmarked(NameOf(value) ?? throw run.Fail("writes as JSON what JSON has no word for"));
                break;
        }

        run.Ascend();
    }

    private void WriteAll(char begin, char end, IEnumerable<object?> parts, Action<object?, int> write, int depth)
    {
        _text.AppendUnmarked([begin]);
        var any = false;
        foreach (var part in parts)
        {
            _text.AppendUnmarked(any ? comma.Text : "");
            any = true;
            BreakLine(depth + 1);
            write(part, depth + 1);
        }

        if (any)
        {
            BreakLine(depth);
        }

        _text.AppendUnmarked([end]);
    }

    private void WriteEntry(object? entry, int depth)
    {
        var pair = (TemplateList)entry!;
        switch (pair[0])
        {
            case MarkedText text:
                WriteText(text);
                break;
            case double number:
                _text.AppendUnmarked($"\"{TemplateNumbers.Write(number)}\"");
                break;
            default:
                _text.AppendUnmarked($"\"{NameOf(pair[0])}\"");
                break;
        }

        _text.AppendUnmarked(colon.Text);
        WriteValue(pair[1], depth);
    }

    private static string? NameOf(object? value) => value switch
    {
        null => "null",
        bool truth => truth ? "true" : "false",
        long number => number.ToString(CultureInfo.InvariantCulture),
        _ => null,
    };

    private void BreakLine(int depth)
    {
        if (indent is null)
        {
            return;
        }

        _text.AppendUnmarked("\n");
        for (; depth > 0; depth--)
        {
            _text.AppendUnmarked(indent.Text);
        }
    }

    private void WriteText(MarkedText text)
    {
        _marked |= text.IsMarked;
        run.Spend(text.Length);
        run.CheckLength((long)text.Length * LongestEscape);
        var escaped = new StringBuilder(text.Length + 2).Append('"');
        foreach (var c in text.Text)
        {
            _ = c switch
            {
                '"' => escaped.Append("\\\""),
                '\\' => escaped.Append("\\\\"),
                '\n' => escaped.Append("\\n"),
                '\r' => escaped.Append("\\r"),
                '\t' => escaped.Append("\\t"),
                '\f' => escaped.Append("\\f"),
                '\b' => escaped.Append("\\b"),
                _ when c < ' ' || (onlyAscii && c > '~') => escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => escaped.Append(c),
            };
        }

        _text.AppendUnmarked(escaped.Append('"').ToString());
    }
}
