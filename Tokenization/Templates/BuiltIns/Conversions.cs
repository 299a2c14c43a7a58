using System.Globalization;
using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.BuiltIns;

/// <summary>Makes numbers of values, and JSON.</summary>
internal static class Conversions
{
    /// <summary>No number has more digits than this.</summary>
    private const int LongestNumber = 300;

    /// <summary>A whole number by Jinja's <c>int</c>: floating ones are cut off. Null where there is none.</summary>
    public static object? ToInteger(object? value, TemplateRun run) => value switch
    {
        long or bool => TemplateNumbers.AsIndex(value),
        double number => double.IsNaN(number) ? null : Cut(number, run),
        MarkedText text when long.TryParse(Digits(text), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        MarkedText => ToDouble(value, run) is double number && double.IsFinite(number) ? Cut(number, run) : null,
        TemplateUndefined => throw run.Fail("makes a number of something that is not there"),
        _ => null,
    };

    /// <summary>A floating number by Jinja's <c>float</c>. Null where there is none.</summary>
    public static object? ToDouble(object? value, TemplateRun run) => value switch
    {
        long or bool or double => TemplateNumbers.ToDouble(value),
        MarkedText text => Digits(text).ToLowerInvariant() switch
        {
            "inf" or "+inf" or "infinity" or "+infinity" => double.PositiveInfinity,
            "-inf" or "-infinity" => double.NegativeInfinity,
            "nan" or "+nan" or "-nan" => double.NaN,
            var digits when double.TryParse(digits, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number) && char.IsAsciiDigit(digits.FirstOrDefault(char.IsAsciiLetterOrDigit)) => number,
            _ => null,
        },
        TemplateUndefined => throw run.Fail("makes a number of something that is not there"),
        _ => null,
    };

    public static string Spaces(long count, TemplateRun run)
    {
        run.CheckLength(count);
        run.Spend(Math.Max(count, 0));
        return new string(' ', (int)Math.Max(count, 0));
    }

    /// <summary>Hugging Face's <c>tojson</c>: the arguments of Python's <c>json.dumps</c>, and nothing escaped that needn't be.</summary>
    public static object? ToJson(TemplateRun run, object? value, Arguments arguments)
    {
        var indent = arguments.OrNone(1) switch
        {
            null => null,
            MarkedText text => text,
            _ => MarkedText.FromTemplate(Spaces(arguments.Integer(1, 0), run)),
        };
        var (comma, colon) = arguments.OrNone(2) switch
        {
            null => (MarkedText.FromTemplate(indent is null ? ", " : ","), MarkedText.FromTemplate(": ")),
            TemplateList { Count: 2 } list when list[0] is MarkedText between && list[1] is MarkedText after => (between, after),
            _ => throw run.Fail("calls tojson with separators that are not two texts"),
        };
        return new JsonText(run, indent, comma, colon, arguments.Flag(0), arguments.Flag(3)).Write(value);
    }

    private static long Cut(double number, TemplateRun run) => Math.Abs(number) < long.MaxValue ? (long)number : throw run.Fail("makes a number that is too large");

    /// <summary>A number's text as Python reads it: space around it, and underscores between its digits.</summary>
    private static string Digits(MarkedText text)
    {
        var digits = text.Length > LongestNumber ? "" : PythonText.Trim(text, null, start: true, end: true).Text;
        for (var i = 0; i < digits.Length; i++)
        {
            if (digits[i] == '_' && (i == 0 || i == digits.Length - 1 || !char.IsAsciiDigit(digits[i - 1]) || !char.IsAsciiDigit(digits[i + 1])))
            {
                return "";
            }
        }

        return digits.Replace("_", "", StringComparison.Ordinal);
    }
}
