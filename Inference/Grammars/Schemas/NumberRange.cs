using System.Globalization;
using System.Text.Json;
using CocoonOrleans.Inference.Grammars.Automata;

namespace CocoonOrleans.Inference.Grammars.Schemas;

/// <summary>
/// Numbers between bounds, exactly. Their digits are compared with the bounds' as they are written, so nothing is rounded; there is no exponent, no -0
/// and no leading zero.
/// </summary>
internal sealed class NumberRange
{
    /// <summary>Digits that a double keeps, so that a reader who rounds to one doesn't step over a bound.</summary>
    private const int Precision = 15;

    /// <summary>Digits before the point of a number without a bound on that side.</summary>
    private const int WholeDigits = 9;

    private static readonly Fragment Digits = Fragments.Many(JsonText.Digit);
    private static readonly Fragment NotZero = Fragments.Range('1', '9');
    private static readonly Fragment AnyFraction = Fragments.Optional(Fragments.Concat(Fragments.Literal("."), Digits));

    private readonly decimal? _minimum;
    private readonly decimal? _maximum;
    private readonly bool _aboveMinimum;
    private readonly bool _belowMaximum;
    private readonly bool _whole;

    /// <summary>Reads the bounds of a schema.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="whole">Whether only whole numbers count.</param>
    public NumberRange(SchemaPlace schema, bool whole)
    {
        _whole = whole;
        (_minimum, _aboveMinimum) = Stricter(Read(schema["minimum"]), Read(schema["exclusiveMinimum"]), (a, b) => a > b);
        (_maximum, _belowMaximum) = Stricter(Read(schema["maximum"]), Read(schema["exclusiveMaximum"]), (a, b) => a < b);
    }

    /// <summary>Whether there are no bounds.</summary>
    public bool IsUnbounded => _minimum is null && _maximum is null;

    /// <summary>The automaton of all numbers in the range.</summary>
    public Dfa Compile(CompileBudget budget)
    {
        var parts = new List<Fragment>();
        if (_maximum is null or >= 0)
        {
            var from = _minimum is > 0 || (_minimum == 0 && _aboveMinimum) ? (Bound?)new Bound(_minimum.Value, _aboveMinimum) : null;
            var to = _maximum is { } maximum ? (Bound?)new Bound(maximum, _belowMaximum) : null;
            parts.Add(Fragments.Embed(Magnitudes(from, to, budget)));
        }

        if (_minimum is null or < 0)
        {
            // Zero is written without a sign, so below it everything is strictly above zero in size.
            var from = _maximum is < 0 ? new Bound(-_maximum.Value, _belowMaximum) : new Bound(0, Exclusive: true);
            var to = _minimum is { } minimum ? (Bound?)new Bound(-minimum, _aboveMinimum) : null;
            parts.Add(Fragments.Concat(Fragments.Literal("-"), Fragments.Embed(Magnitudes(from, to, budget))));
        }

        return Dfa.Of(Fragments.Choice(parts), budget);
    }

    private Dfa Magnitudes(Bound? from, Bound? to, CompileBudget budget)
    {
        var range = Dfa.Of(Shape(from, to), budget);
        if (from is { } low)
        {
            range = Dfa.Intersect(range, Dfa.Of(AtLeast(low), budget), budget);
        }

        return to is { } high ? Dfa.Intersect(range, Dfa.Of(AtMost(high), budget), budget) : range;
    }

    /// <summary>Numbers that are not negative, with as many digits as may be needed.</summary>
    private Fragment Shape(Bound? from, Bound? to)
    {
        var whole = _whole ? JsonText.IntegerDigits : WholeDigits;
        if (to is { } high)
        {
            whole = high.Whole.Length;
        }
        else if (from is { } low)
        {
            whole = Math.Max(whole, low.Whole.Length + 1);
        }

        var integer = Fragments.Choice(Fragments.Literal("0"), Fragments.Concat(NotZero, Fragments.Repeat(JsonText.Digit, 0, whole - 1)));
        if (_whole)
        {
            return integer;
        }

        var fraction = Math.Max(Precision - whole, Math.Max(from?.Fraction.Length ?? 0, to?.Fraction.Length ?? 0));
        return fraction == 0 ? integer : Fragments.Concat(integer, Fragments.Optional(Fragments.Concat(Fragments.Literal("."), Fragments.Repeat(JsonText.Digit, 1, fraction))));
    }

    private static Fragment AtLeast(Bound bound)
    {
        var (whole, fraction) = (bound.Whole, bound.Fraction);
        var tail = From(0);
        return Fragments.Choice(
            Fragments.Concat(NotZero, Fragments.Repeat(JsonText.Digit, whole.Length, null), AnyFraction),
            Fragments.Concat(Differing(whole, above: true), AnyFraction),
            Fragments.Concat(
                Fragments.Literal(whole),
                fraction.Length == 0 && !bound.Exclusive ? Fragments.Optional(Fragments.Concat(Fragments.Literal("."), tail)) : Fragments.Concat(Fragments.Literal("."), tail)));

        Fragment From(int at)
        {
            if (at == fraction.Length)
            {
                return bound.Exclusive ? Fragments.Concat(Fragments.Many(Fragments.Literal("0")), NotZero, Digits) : Digits;
            }

            return Fragments.Choice(Fragments.Concat(Above(fraction[at]), Digits), Fragments.Concat(Fragments.Literal(fraction[at].ToString()), From(at + 1)));
        }
    }

    private static Fragment AtMost(Bound bound)
    {
        var (whole, fraction) = (bound.Whole, bound.Fraction);
        var shorter = whole.Length == 1 ? Fragments.Nothing : Fragments.Concat(Fragments.Repeat(JsonText.Digit, 1, whole.Length - 1), AnyFraction);
        var tail = Fragments.Concat(Fragments.Literal("."), To(0));
        return Fragments.Choice(
            shorter,
            Fragments.Concat(Differing(whole, above: false), AnyFraction),
            Fragments.Concat(Fragments.Literal(whole), fraction.Length > 0 || !bound.Exclusive ? Fragments.Optional(tail) : tail));

        Fragment To(int at)
        {
            if (at == fraction.Length)
            {
                return bound.Exclusive ? Fragments.Nothing : Fragments.Many(Fragments.Literal("0"));
            }

            return Fragments.Choice(Fragments.Empty, Fragments.Concat(Below(fraction[at]), Digits), Fragments.Concat(Fragments.Literal(fraction[at].ToString()), To(at + 1)));
        }
    }

    /// <summary>As many digits as the bound has, that as a whole are above or below it.</summary>
    private static Fragment Differing(string whole, bool above) => Fragments.Choice([.. Enumerable.Range(0, whole.Length).Select(at => Fragments.Concat(
        Fragments.Literal(whole[..at]),
        above ? Above(whole[at]) : Below(whole[at]),
        Fragments.Repeat(JsonText.Digit, whole.Length - at - 1, whole.Length - at - 1)))]);

    private static Fragment Above(char digit) => digit == '9' ? Fragments.Nothing : Fragments.Range((char)(digit + 1), '9');

    private static Fragment Below(char digit) => digit == '0' ? Fragments.Nothing : Fragments.Range('0', (char)(digit - 1));

    private static (decimal?, bool) Stricter(decimal? inclusive, decimal? exclusive, Func<decimal, decimal, bool> stricter)
        => exclusive is { } bound && (inclusive is null || !stricter(inclusive.Value, bound)) ? (bound, true) : (inclusive, false);

    private decimal? Read(SchemaPlace? place)
    {
        if (place is not { } bound)
        {
            return null;
        }

        if (bound.Element.ValueKind != JsonValueKind.Number)
        {
            throw bound.Refuse("must be a number");
        }

        // A decimal holds 28 digits; what it had to round would come out as another text.
        if (!bound.Element.TryGetDecimal(out var value) || !IsExact(bound.Element, value))
        {
            throw bound.Refuse("has more digits than are supported");
        }

        return _whole || new Bound(Math.Abs(value), Exclusive: false).DigitCount <= Precision
            ? value
            : throw bound.Refuse($"has more than {Precision} digits, which is not supported for numbers that may have a fraction");
    }

    private static bool IsExact(JsonElement element, decimal value)
    {
        var text = element.GetRawText();
        var mantissa = text.Split('e', 'E')[0];
        return mantissa.Count(char.IsAsciiDigit) <= 27 && (value != 0 || !mantissa.Any(digit => digit is >= '1' and <= '9'))
            && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var same) && same == value && value.Scale < 28;
    }

    /// <summary>A bound that is not negative.</summary>
    private readonly record struct Bound(decimal Value, bool Exclusive)
    {
        /// <summary>The digits before the point.</summary>
        public string Whole => decimal.Truncate(Value).ToString(CultureInfo.InvariantCulture);

        /// <summary>The digits behind it, without zeros at the end.</summary>
        public string Fraction => (Value % 1).ToString(CultureInfo.InvariantCulture) is var text && text.Contains('.', StringComparison.Ordinal) ? text[2..].TrimEnd('0') : "";

        public int DigitCount => Whole.Length + Fraction.Length;
    }
}
