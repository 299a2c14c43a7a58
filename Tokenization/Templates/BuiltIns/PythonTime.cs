using System.Globalization;
using System.Text;
using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.BuiltIns;

/// <summary>Writes a time in Python's <c>strftime</c> formats, in English.</summary>
internal static class PythonTime
{
    private const int LongestFormat = 256;

    public static string Format(DateTimeOffset time, string format, TemplateRun run)
    {
        if (format.Length > LongestFormat)
        {
            throw run.Fail($"formats the time by more than {LongestFormat} characters");
        }

        var text = new StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                text.Append(format[i]);
                continue;
            }

            i++;
            var isBare = format[i] == '-' && i + 1 < format.Length;
            i += isBare ? 1 : 0;
            var part = Part(time, format[i]) ?? throw run.Fail($"formats the time by '%{format[i]}', which is not supported");
            text.Append(isBare && part.Length > 1 ? part.TrimStart('0') is { Length: > 0 } trimmed ? trimmed : "0" : part);
        }

        return text.ToString();
    }

    private static string? Part(DateTimeOffset time, char directive) => directive switch
    {
        'Y' => Write(time, "yyyy"),
        'y' => Write(time, "yy"),
        'm' => Write(time, "MM"),
        'd' => Write(time, "dd"),
        'e' => time.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
        'B' => Write(time, "MMMM"),
        'b' or 'h' => Write(time, "MMM"),
        'A' => Write(time, "dddd"),
        'a' => Write(time, "ddd"),
        'H' => Write(time, "HH"),
        'I' => Write(time, "hh"),
        'M' => Write(time, "mm"),
        'S' => Write(time, "ss"),
        'p' => Write(time, "tt"),
        'j' => time.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
        'F' => Write(time, "yyyy-MM-dd"),
        'T' => Write(time, "HH:mm:ss"),
        'R' => Write(time, "HH:mm"),
        'D' => Write(time, "MM/dd/yy"),
        'z' or 'Z' => "",
        '%' => "%",
        _ => null,
    };

    private static string Write(DateTimeOffset time, string format) => time.ToString(format, CultureInfo.InvariantCulture);
}
