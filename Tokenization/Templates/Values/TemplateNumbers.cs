using System.Globalization;
using System.Text;

namespace CocoonOrleans.Tokenization.Templates.Values;

/// <summary>Python's arithmetic. Whole numbers have 64 bits here and no bound there: what doesn't fit is refused.</summary>
internal static class TemplateNumbers
{
    private const int LongestList = 100_000;

    public static object Calculate(string sign, object? left, object? right, TemplateRun run)
    {
        switch (sign, left, right)
        {
            case ("+", MarkedText a, MarkedText b):
                return run.Join(a, b);
            case ("+", TemplateList a, TemplateList b) when a.IsTuple == b.IsTuple:
                run.SpendElements(a.Count + (long)b.Count);
                return new TemplateList([.. a.Items, .. b.Items], a.IsTuple);
            case ("*", MarkedText or TemplateList, _) when AsIndex(right) is { } times:
                return Repeat(left, times, run);
            case ("*", _, MarkedText or TemplateList) when AsIndex(left) is { } times:
                return Repeat(right, times, run);
        }

        if (!TemplateValues.IsNumber(left) || !TemplateValues.IsNumber(right))
        {
            throw run.Fail($"uses '{sign}' on values that don't go together");
        }

        try
        {
            return left is not double && right is not double && sign != "/" ? Whole(sign, AsIndex(left)!.Value, AsIndex(right)!.Value, run) : Real(sign, ToDouble(left!), ToDouble(right!), run);
        }
        catch (OverflowException)
        {
            throw run.Fail("makes a number that is too large");
        }
    }

    public static object Negative(object? value, TemplateRun run) => value switch
    {
        double number => (object)-number,
        _ when AsIndex(value) is { } number and not long.MinValue => -number,
        _ => throw run.Fail("takes the negative of something that is not a number"),
    };

    /// <summary>A whole number, also written as true or false; null for anything else.</summary>
    public static long? AsIndex(object? value) => value switch
    {
        long number => number,
        bool truth => truth ? 1 : 0,
        _ => null,
    };

    public static double ToDouble(object number) => number is double real ? real : AsIndex(number)!.Value;

    /// <summary>Compares two numbers; NaN is unequal to all and not less than any.</summary>
    public static int Compare(object left, object right)
    {
        if (left is not double && right is not double)
        {
            return AsIndex(left)!.Value.CompareTo(AsIndex(right)!.Value);
        }

        var (a, b) = (ToDouble(left), ToDouble(right));
        return a < b ? -1 : a == b ? 0 : 1;
    }

    /// <summary>A number as Python writes it: the shortest digits that give it back, with an exponent below 1e-4 and from 1e16.</summary>
    public static string Write(double number)
    {
        if (!double.IsFinite(number))
        {
            return double.IsNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";
        }

        var parts = Math.Abs(number).ToString("R", CultureInfo.InvariantCulture).Split('E');
        var point = parts[0].IndexOf('.', StringComparison.Ordinal);
        var exponent = (parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0) + (point < 0 ? parts[0].Length : point) - 1;
        var padded = parts[0].Replace(".", "", StringComparison.Ordinal);
        var digits = padded.TrimStart('0');
        exponent -= digits.Length == 0 ? 0 : padded.Length - digits.Length;
        digits = digits.TrimEnd('0');
        return (double.IsNegative(number) ? "-" : "") + Lay(digits.Length == 0 ? "0" : digits, digits.Length == 0 ? 0 : exponent);
    }

    private static string Lay(string digits, int exponent) => exponent switch
    {
        < -4 or >= 16 => $"{digits[0]}{(digits.Length > 1 ? "." + digits[1..] : "")}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}",
        < 0 => "0." + new string('0', -exponent - 1) + digits,
        _ when digits.Length <= exponent + 1 => digits.PadRight(exponent + 1, '0') + ".0",
        _ => digits[..(exponent + 1)] + "." + digits[(exponent + 1)..],
    };

    private static object Repeat(object? value, long times, TemplateRun run)
    {
        times = Math.Max(times, 0);
        if (value is TemplateList list)
        {
            if (list.Count > 0 && times > LongestList / list.Count)
            {
                throw run.Fail($"makes a list of more than {LongestList} elements");
            }

            run.SpendElements(list.Count * times);
            return new TemplateList([.. Enumerable.Repeat(list, (int)(list.Count == 0 ? 0 : times)).SelectMany(items => items)], list.IsTuple);
        }

        var (part, text) = ((MarkedText)value!, new MarkedTextBuilder(run));
        run.CheckLength((long)Int128.Min((Int128)part.Length * times, long.MaxValue));
        if (!part.IsMarked)
        {
            text.AppendUnmarked(new StringBuilder().Insert(0, part.Text, (int)(part.Length == 0 ? 0 : times)).ToString());
            return text.ToText();
        }

        for (; times > 0 && part.Length > 0; times--)
        {
            text.Append(part);
        }

        return text.ToText();
    }

    private static object Whole(string sign, long a, long b, TemplateRun run) => sign switch
    {
        "+" => a + b,
        "-" => a - b,
        "*" => a * b,
        "**" when b < 0 => Real(sign, a, b, run),
        "**" => Power(a, b),
        _ when b == 0 => throw run.Fail("divides by zero"),
        "//" => b == -1 ? -a : a / b - (a % b != 0 && a % b < 0 != b < 0 ? 1 : 0),
        _ => b == -1 ? 0L : a % b + (a % b != 0 && a % b < 0 != b < 0 ? b : 0),
    };

    private static object Real(string sign, double a, double b, TemplateRun run)
    {
        if ((b == 0 && sign is ("/" or "//" or "%")) || (a == 0 && b < 0 && sign == "**"))
        {
            throw run.Fail("divides by zero");
        }

        var result = sign switch
        {
            "+" => a + b,
            "-" => a - b,
            "*" => a * b,
            "/" => a / b,
            "**" => Math.Pow(a, b),
            "//" => Math.Round((a - Remainder(a, b)) / b),
            _ => Remainder(a, b),
        };
        return double.IsNaN(result) && !double.IsNaN(a) && !double.IsNaN(b) ? throw run.Fail($"uses '{sign}' on numbers that have no such result") : result;
    }

    /// <summary>Python's: it has the sign of the divisor.</summary>
    private static double Remainder(double a, double b)
    {
        var rest = a % b;
        return rest != 0 && rest < 0 != b < 0 ? rest + b : rest == 0 ? Math.CopySign(0, b) : rest;
    }

    private static long Power(long number, long exponent)
    {
        var result = 1L;
        while (exponent > 0 && number is not (0 or 1 or -1))
        {
            result *= number;
            exponent--;
        }

        return (number, exponent) switch
        {
            (_, 0) => result,
            (-1, _) => exponent % 2 == 0 ? 1 : -1,
            _ => number,
        };
    }
}
