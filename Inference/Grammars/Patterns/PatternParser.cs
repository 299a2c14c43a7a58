using System.Buffers;
using System.Globalization;
using System.Text;
using CocoonOrleans.Inference.Grammars.Automata;

namespace CocoonOrleans.Inference.Grammars.Patterns;

/// <summary>
/// Reads regular expressions in the Unicode mode of ECMA-262: literals, escapes, classes, groups, alternatives, quantifiers, and anchors at both ends of
/// a top-level alternative. What needs memory or looks around (back references, look-ahead, word borders) is refused.
/// </summary>
internal sealed class PatternParser
{
    private const int LargestCount = 1000;
    private const int MaximumDepth = 64;
    private const string Special = "^$\\.*+?()[]{}|";

    private readonly string _pattern;
    private readonly string _path;
    private readonly CharacterEncoding _encode;
    private int _at;
    private int _depth;

    private PatternParser(string pattern, string path, CharacterEncoding encode)
    {
        _pattern = pattern;
        _path = path;
        _encode = encode;
    }

    private bool AtEnd => _at == _pattern.Length;

    private char Current => _at < _pattern.Length ? _pattern[_at] : '\0';

    /// <summary>Plain UTF-8.</summary>
    public static CharacterEncoding Plain { get; } = static set => Fragments.Rows(Utf8Rows.Of(set));

    /// <summary>Text that as a whole matches the pattern.</summary>
    public static Fragment ParseWhole(string pattern) => new PatternParser(pattern, "#", Plain).Parse(search: false);

    /// <summary>Text that somewhere holds a match, as JSON Schema's <c>pattern</c> has it.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="path">Where it stands, for the refusal.</param>
    /// <param name="encode">How characters are written.</param>
    public static Fragment ParseSearch(string pattern, string path, CharacterEncoding encode) => new PatternParser(pattern, path, encode).Parse(search: true);

    private Fragment Parse(bool search)
    {
        if (_pattern.Length > GrammarLimits.PatternLength)
        {
            throw Refuse($"has more than {GrammarLimits.PatternLength} characters");
        }

        var anything = Fragments.Many(_encode(CodePointSet.All));
        var alternatives = new List<Fragment>();
        do
        {
            var fromStart = Take('^');
            var body = Sequence();
            var toEnd = Take('$');
            if (!AtEnd && Current != '|')
            {
                throw Refuse(Current == ')' ? "has a ) without (" : "has an anchor at a place where it is not supported: only at both ends of a top-level alternative");
            }

            alternatives.Add(Fragments.Concat(fromStart || !search ? Fragments.Empty : anything, body, toEnd || !search ? Fragments.Empty : anything));
        }
        while (Take('|'));

        return Fragments.Choice(alternatives);
    }

    private Fragment Alternatives()
    {
        if (++_depth > MaximumDepth)
        {
            throw Refuse($"has groups nested deeper than {MaximumDepth}");
        }

        var alternatives = new List<Fragment>();
        do
        {
            alternatives.Add(Sequence());
        }
        while (Take('|'));

        _depth--;
        return Fragments.Choice(alternatives);
    }

    private Fragment Sequence()
    {
        var parts = new List<Fragment>();
        while (!AtEnd && Current is not ('|' or ')' or '$'))
        {
            parts.Add(Quantified(Atom()));
        }

        return Fragments.Concat([.. parts]);
    }

    private Fragment Atom()
    {
        switch (Current)
        {
            case '(':
                _at++;
                return Group();
            case '[':
                _at++;
                return _encode(Class());
            case '.':
                _at++;
                return _encode(PatternClasses.Dot);
            case '\\':
                return _encode(Escape(inClass: false));
            case '^':
                throw Refuse("has an anchor at a place where it is not supported: only at both ends of a top-level alternative");
            case '*' or '+' or '?' or '{' or '}' or ']':
                throw Refuse($"has a {Current} that must be escaped here");
            default:
                return _encode(Single(NextCharacter()));
        }
    }

    private Fragment Group()
    {
        if (Take('?'))
        {
            if (Current == '<' && _at + 1 < _pattern.Length && _pattern[_at + 1] is not ('=' or '!'))
            {
                _at = _pattern.IndexOf('>', _at) is var end and > 0 ? end + 1 : throw Refuse("has a group whose name doesn't end");
            }
            else if (!Take(':'))
            {
                throw Refuse("looks around or sets flags inside, which is not supported");
            }
        }

        var body = Alternatives();
        return Take(')') ? body : throw Refuse(Current == '$' ? "has an anchor at a place where it is not supported: only at both ends of a top-level alternative" : "has a ( without )");
    }

    private Fragment Quantified(Fragment atom)
    {
        (int Minimum, int? Maximum)? count = Current switch
        {
            '*' => (0, null),
            '+' => (1, null),
            '?' => (0, 1),
            '{' => null,
            _ => (1, 1),
        };
        if (count is null)
        {
            count = Count();
        }
        else if (Current is '*' or '+' or '?')
        {
            _at++;
        }
        else
        {
            return atom;
        }

        // Lazy or not, it is the same language.
        Take('?');
        return Current is '*' or '+' or '?' or '{' ? throw Refuse("has two quantifiers in a row") : Fragments.Repeat(atom, count.Value.Minimum, count.Value.Maximum);
    }

    private (int Minimum, int? Maximum) Count()
    {
        var end = _pattern.IndexOf('}', _at);
        if (end < 0)
        {
            throw Refuse("has a { without }");
        }

        var bounds = _pattern[(_at + 1)..end].Split(',');
        int? maximum = bounds.Length == 2 && bounds[1].Length == 0 ? null : Number(bounds[^1]);
        var minimum = Number(bounds[0]);
        if (bounds.Length > 2 || maximum < minimum)
        {
            throw Refuse("has a quantifier that makes no sense");
        }

        _at = end + 1;
        return (minimum, maximum);
    }

    private int Number(string digits)
        => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= LargestCount
            ? value
            : throw Refuse($"has a quantifier that is no whole number up to {LargestCount}");

    private CodePointSet Class()
    {
        var negated = Take('^');
        var sets = new List<CodePointSet>();
        while (Current != ']')
        {
            if (AtEnd)
            {
                throw Refuse("has a [ without ]");
            }

            var first = ClassAtom();
            if (Current == '-' && _at + 1 < _pattern.Length && _pattern[_at + 1] != ']')
            {
                _at++;
                first = Between(first, ClassAtom());
            }

            sets.Add(first);
        }

        _at++;
        var union = CodePointSet.Union(sets);
        return negated ? union.Complement() : union;
    }

    private CodePointSet Between(CodePointSet first, CodePointSet last)
    {
        if (!IsSingle(first) || !IsSingle(last) || first.Ranges[0].Low > last.Ranges[0].Low)
        {
            throw Refuse("has a range that makes no sense");
        }

        return CodePointSet.Of((first.Ranges[0].Low, last.Ranges[0].High));
    }

    private static bool IsSingle(CodePointSet set) => set.Ranges is [var (low, high)] && low == high;

    private CodePointSet ClassAtom() => Current == '\\' ? Escape(inClass: true) : Single(NextCharacter());

    private CodePointSet Escape(bool inClass)
    {
        _at++;
        if (AtEnd)
        {
            throw Refuse("ends with a backslash");
        }

        var letter = _pattern[_at++];
        if (PatternClasses.Of(letter) is { } named)
        {
            return named;
        }

        return letter switch
        {
            't' => Single('\t'),
            'n' => Single('\n'),
            'v' => Single('\v'),
            'f' => Single('\f'),
            'r' => Single('\r'),
            '0' when !char.IsAsciiDigit(Current) => Single('\0'),
            'b' when inClass => Single('\b'),
            'x' => Single(Hex(2)),
            'u' => Single(UnicodeEscape()),
            '/' => Single('/'),
            '-' when inClass => Single('-'),
            _ when Special.Contains(letter, StringComparison.Ordinal) => Single(letter),
            _ => throw Refuse($"has the escape \\{letter}, which is not supported"),
        };
    }

    private int UnicodeEscape()
    {
        if (Take('{'))
        {
            var end = _pattern.IndexOf('}', _at);
            if (end < 0 || end - _at is < 1 or > 6)
            {
                throw Refuse("has a \\u{...} that makes no sense");
            }

            var value = Hex(end - _at);
            _at++;
            return value;
        }

        var first = Hex(4);
        if (!char.IsHighSurrogate((char)first) || !_pattern.AsSpan(_at).StartsWith("\\u", StringComparison.Ordinal))
        {
            return first;
        }

        _at += 2;
        var second = Hex(4);
        return char.IsLowSurrogate((char)second) ? char.ConvertToUtf32((char)first, (char)second) : throw Refuse("has half a surrogate pair");
    }

    private int Hex(int digits)
    {
        if (_at + digits > _pattern.Length || !int.TryParse(_pattern.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
        {
            throw Refuse("has an escape without its hexadecimal digits");
        }

        _at += digits;
        return value;
    }

    private CodePointSet Single(int value)
        => Rune.IsValid(value) ? CodePointSet.Of((value, value)) : throw Refuse("names a character that does not exist");

    private int NextCharacter()
    {
        if (Rune.DecodeFromUtf16(_pattern.AsSpan(_at), out var rune, out var length) != OperationStatus.Done)
        {
            throw Refuse("has half a surrogate pair");
        }

        _at += length;
        return rune.Value;
    }

    private bool Take(char expected)
    {
        if (AtEnd || Current != expected)
        {
            return false;
        }

        _at++;
        return true;
    }

    private GrammarException Refuse(string reason) => new(_path, $"the pattern {reason} (character {_at + 1})");
}
