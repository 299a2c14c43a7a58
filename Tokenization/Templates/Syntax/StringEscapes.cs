using System.Globalization;
using System.Text;

namespace CocoonOrleans.Tokenization.Templates.Syntax;

/// <summary>The escapes of Python's string literals. As there, a backslash before anything else is a backslash.</summary>
internal static class StringEscapes
{
    private const int LongestOctal = 3;
    private const int HighestCodePoint = 0x10ffff;

    public static string Resolve(string literal, int line)
    {
        var text = new StringBuilder(literal.Length);
        for (var i = 0; i < literal.Length; i++)
        {
            if (literal[i] == '\\' && i + 1 < literal.Length)
            {
                i += Append(text, literal.AsSpan(i + 1), line);
            }
            else
            {
                text.Append(literal[i]);
            }
        }

        return text.ToString();
    }

    /// <summary>Appends what an escape means.</summary>
    /// <returns>How many characters after the backslash belong to it.</returns>
    private static int Append(StringBuilder text, ReadOnlySpan<char> escape, int line)
    {
        switch (escape[0])
        {
            case '\n':
                return 1;
            case >= '0' and <= '7':
                return AppendOctal(text, escape);
            case 'x':
                return AppendHexadecimal(text, escape, 2, line);
            case 'u':
                return AppendHexadecimal(text, escape, 4, line);
            case 'U':
                return AppendHexadecimal(text, escape, 8, line);
            case 'N':
                throw new TemplateSyntaxException(line, "\\N", "is an escape that is not supported");
        }

        _ = escape[0] switch
        {
            'n' => text.Append('\n'),
            't' => text.Append('\t'),
            'r' => text.Append('\r'),
            'a' => text.Append('\a'),
            'b' => text.Append('\b'),
            'f' => text.Append('\f'),
            'v' => text.Append('\v'),
            '\\' or '\'' or '"' => text.Append(escape[0]),
            _ => text.Append('\\').Append(escape[0]),
        };
        return 1;
    }

    private static int AppendOctal(StringBuilder text, ReadOnlySpan<char> escape)
    {
        var (value, length) = (0, 0);
        while (length < LongestOctal && length < escape.Length && escape[length] is >= '0' and <= '7')
        {
            value = value * 8 + (escape[length++] - '0');
        }

        text.Append((char)value);
        return length;
    }

    private static int AppendHexadecimal(StringBuilder text, ReadOnlySpan<char> escape, int digits, int line)
    {
        if (escape.Length <= digits || !int.TryParse(escape[1..(digits + 1)], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) || value is < 0 or > HighestCodePoint)
        {
            throw new TemplateSyntaxException(line, $"\\{escape[0]}", "is an escape without its digits");
        }

        _ = Rune.TryCreate(value, out var rune) ? text.Append(rune) : text.Append((char)value);
        return digits + 1;
    }
}
