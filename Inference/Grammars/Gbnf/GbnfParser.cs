using System.Buffers;
using System.Globalization;
using System.Text;
using CocoonOrleans.Inference.Grammars.Patterns;

namespace CocoonOrleans.Inference.Grammars.Gbnf;

/// <summary>
/// Reads grammars as llama.cpp has them (GBNF: github.com/ggml-org/llama.cpp, <c>grammars/README.md</c>): rules, alternatives, groups, literals, classes, a dot for
/// any character, repetition and comments. A rule ends with its line, unless a group is open or a <c>|</c> or <c>::=</c> stands at its end.
/// </summary>
internal sealed class GbnfParser
{
    private const int LargestCount = 1000;
    private const int MaximumDepth = 64;
    private const int MaximumRules = 2048;
    private const int MostRepetitions = 8;

    private readonly string _text;
    private readonly Dictionary<string, GbnfRule> _rules = [];
    private int _at;
    private int _line = 1;
    private int _lineStart;
    private int _depth;

    private GbnfParser(string text) => _text = text;

    private bool AtEnd => _at == _text.Length;

    private char Current => _at < _text.Length ? _text[_at] : '\0';

    /// <summary>Reads the rules of a grammar by their names.</summary>
    /// <exception cref="GrammarException">It is malformed or larger than the bounds; the path is the line.</exception>
    public static IReadOnlyDictionary<string, GbnfRule> Parse(string text)
    {
        if (text.Length > GrammarLimits.GbnfLength)
        {
            throw new GrammarException("#", $"has more than {GrammarLimits.GbnfLength} characters");
        }

        var parser = new GbnfParser(text);
        parser.Parse();
        return parser._rules;
    }

    private void Parse()
    {
        SkipSpace(lines: true);
        while (!AtEnd)
        {
            var line = _line;
            var name = Name();
            SkipSpace(lines: false);
            if (!_text.AsSpan(_at).StartsWith("::=", StringComparison.Ordinal))
            {
                throw Refuse($"expects ::= behind the name {name}");
            }

            _at += 3;
            SkipSpace(lines: true);
            var body = Alternatives(inGroup: false);
            if (!_rules.TryAdd(name, new GbnfRule(name, line, body)))
            {
                throw Refuse($"has the rule {name} a second time");
            }

            if (_rules.Count > MaximumRules)
            {
                throw Refuse($"has more than {MaximumRules} rules");
            }

            if (!AtEnd && Current is not ('\n' or '\r'))
            {
                throw Refuse(Current == ')' ? "has a ) without (" : "expects the end of the rule");
            }

            SkipSpace(lines: true);
        }
    }

    private GbnfNode Alternatives(bool inGroup)
    {
        if (++_depth > MaximumDepth)
        {
            throw Refuse($"has groups nested deeper than {MaximumDepth}");
        }

        var alternatives = new List<GbnfNode> { Sequence(inGroup) };
        while (Current == '|')
        {
            _at++;
            SkipSpace(lines: true);
            alternatives.Add(Sequence(inGroup));
        }

        _depth--;
        return alternatives.Count == 1 ? alternatives[0] : new GbnfNode.Alternatives(alternatives);
    }

    private GbnfNode Sequence(bool inGroup)
    {
        var parts = new List<GbnfNode>();
        while (!AtEnd && Current is not ('|' or ')' or '\n' or '\r'))
        {
            parts.Add(Repeated(Item()));
            SkipSpace(inGroup);
        }

        return parts.Count == 1 ? parts[0] : new GbnfNode.Sequence(parts);
    }

    private GbnfNode Item()
    {
        switch (Current)
        {
            case '"':
                return Literal();
            case '[':
                return new GbnfNode.Characters(Class());
            case '.':
                _at++;
                return new GbnfNode.Characters(CodePointSet.All);
            case '(':
                _at++;
                SkipSpace(lines: true);
                var group = Alternatives(inGroup: true);
                if (Current != ')')
                {
                    throw Refuse("has a ( without )");
                }

                _at++;
                return group;
            case var letter when IsNamePart(letter):
                return new GbnfNode.Reference(Name(), _line);
            case '*' or '+' or '?' or '{':
                throw Refuse($"has a {Current} with nothing before it to repeat");
            default:
                throw Refuse("has something that is no literal, class, name or group");
        }
    }

    private GbnfNode Repeated(GbnfNode part)
    {
        for (var repetitions = 0; ; repetitions++)
        {
            if (repetitions > MostRepetitions)
            {
                throw Refuse($"has more than {MostRepetitions} repetitions of repetitions");
            }

            SkipSpace(lines: false);
            switch (Current)
            {
                case '*':
                    part = new GbnfNode.Repetition(part, 0, null);
                    break;
                case '+':
                    part = new GbnfNode.Repetition(part, 1, null);
                    break;
                case '?':
                    part = new GbnfNode.Repetition(part, 0, 1);
                    break;
                case '{':
                    part = Counted(part);
                    continue;
                default:
                    return part;
            }

            _at++;
        }
    }

    private GbnfNode.Repetition Counted(GbnfNode part)
    {
        var end = _text.IndexOf('}', _at);
        if (end < 0)
        {
            throw Refuse("has a { without }");
        }

        var bounds = _text[(_at + 1)..end].Split(',');
        if (bounds.Length > 2)
        {
            throw Refuse("has a repetition that makes no sense");
        }

        var minimum = Count(bounds[0]);
        int? maximum = bounds.Length == 1 ? minimum : bounds[1].Trim().Length == 0 ? null : Count(bounds[1]);
        if (maximum < minimum)
        {
            throw Refuse("has a repetition that makes no sense");
        }

        _at = end + 1;
        return new GbnfNode.Repetition(part, minimum, maximum);
    }

    private int Count(string digits)
        => int.TryParse(digits.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= LargestCount
            ? value
            : throw Refuse($"has a repetition whose count is no whole number up to {LargestCount}");

    private GbnfNode Literal()
    {
        _at++;
        var parts = new List<GbnfNode>();
        while (Current != '"')
        {
            if (AtEnd || Current is '\n' or '\r')
            {
                throw Refuse("has a literal without its second quote");
            }

            var character = Character();
            parts.Add(new GbnfNode.Characters(CodePointSet.Of((character, character))));
        }

        _at++;
        return parts.Count == 1 ? parts[0] : new GbnfNode.Sequence(parts);
    }

    private CodePointSet Class()
    {
        _at++;
        var negated = Current == '^';
        _at += negated ? 1 : 0;
        var ranges = new List<(int, int)>();
        while (Current != ']')
        {
            if (AtEnd || Current is '\n' or '\r')
            {
                throw Refuse("has a [ without ]");
            }

            var low = Character();
            var high = low;
            if (Current == '-' && _at + 1 < _text.Length && _text[_at + 1] != ']')
            {
                _at++;
                high = Character();
            }

            if (high < low)
            {
                throw Refuse("has a range that makes no sense");
            }

            ranges.Add((low, high));
        }

        _at++;
        var set = CodePointSet.Of(ranges);
        return negated ? set.Complement() : set;
    }

    private int Character()
    {
        if (Current != '\\')
        {
            if (Rune.DecodeFromUtf16(_text.AsSpan(_at), out var rune, out var length) != OperationStatus.Done)
            {
                throw Refuse("has half a surrogate pair");
            }

            _at += length;
            return rune.Value;
        }

        _at++;
        var letter = Current;
        _at += AtEnd ? 0 : 1;
        return letter switch
        {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            '\\' or '"' or '[' or ']' or '-' or '^' => letter,
            'x' => Hex(2),
            'u' => Hex(4),
            'U' => Hex(8),
            _ => throw Refuse("has an escape that is not supported"),
        };
    }

    private int Hex(int digits)
    {
        if (_at + digits > _text.Length || !int.TryParse(_text.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) || !Rune.IsValid(value))
        {
            throw Refuse("has an escape that names no character");
        }

        _at += digits;
        return value;
    }

    private string Name()
    {
        var start = _at;
        while (IsNamePart(Current))
        {
            _at++;
        }

        return _at - start > GrammarLimits.GbnfName ? throw Refuse($"has a name of more than {GrammarLimits.GbnfName} characters")
            : _at > start ? _text[start.._at] : throw Refuse("expects the name of a rule: letters, digits, - and _");
    }

    private static bool IsNamePart(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_';

    /// <summary>Goes over blanks and comments, and over line ends where these say nothing.</summary>
    private void SkipSpace(bool lines)
    {
        while (!AtEnd)
        {
            if (Current == '#')
            {
                while (!AtEnd && Current is not ('\n' or '\r'))
                {
                    _at++;
                }
            }
            else if (Current is ' ' or '\t')
            {
                _at++;
            }
            else if (lines && (Current is '\n' or '\r'))
            {
                _line += Current == '\n' ? 1 : 0;
                _at++;
                _lineStart = _at;
            }
            else
            {
                return;
            }
        }
    }

    private GrammarException Refuse(string reason) => new($"line {_line}, column {_at - _lineStart + 1}", reason);
}
