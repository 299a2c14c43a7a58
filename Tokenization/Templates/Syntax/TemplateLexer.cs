using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Syntax;

/// <summary>
/// Cuts a template into tokens as Jinja does in the environment that Hugging Face's transformers set up: <c>trim_blocks</c> and <c>lstrip_blocks</c> on,
/// a last line break dropped, all line breaks <c>\n</c>.
/// </summary>
internal sealed class TemplateLexer
{
    private static readonly string[] Signs = ["==", "!=", "<=", ">=", "//", "**", "<", ">", "=", "+", "-", "*", "/", "%", "~", "|", "(", ")", "[", "]", "{", "}", ".", ":", ","];

    private readonly List<TemplateToken> _tokens = [];
    private readonly string _source;
    private int _position;
    private int _line = 1;

    private TemplateLexer(string source)
    {
        source = source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        _source = source.EndsWith('\n') ? source[..^1] : source;
    }

    public static List<TemplateToken> Read(string source)
    {
        var lexer = new TemplateLexer(source);
        lexer.ReadAll();
        return lexer._tokens;
    }

    private void ReadAll()
    {
        var (trimAll, trimNewline, lineStarting) = (false, false, true);
        while (true)
        {
            var tag = FindTag();
            var text = _source[_position..tag];
            var textLine = _line;
            Advance(tag);
            if (trimNewline && text.StartsWith('\n'))
            {
                text = text[1..];
                lineStarting = true;
            }

            text = trimAll ? text[LeadingSpace(text)..] : text;
            if (tag == _source.Length)
            {
                AddText(text, textLine);
                _tokens.Add(new TemplateToken(TemplateTokenKind.End, "end of template", _line));
                return;
            }

            AddText(BeforeTag(text, lineStarting), textLine);
            (trimAll, trimNewline) = ReadTag();
            lineStarting = false;
        }
    }

    private int FindTag()
    {
        for (var at = _source.IndexOf('{', _position); at >= 0 && at + 1 < _source.Length; at = _source.IndexOf('{', at + 1))
        {
            if (_source[at + 1] is '{' or '%' or '#')
            {
                return at;
            }
        }

        return _source.Length;
    }

    /// <summary>The text before the tag at the present position, cut as the tag and <c>lstrip_blocks</c> want it.</summary>
    private string BeforeTag(string text, bool lineStarting)
    {
        var control = _position + 2 < _source.Length ? _source[_position + 2] : ' ';
        if (control == '-')
        {
            return text[..^TrailingSpace(text)];
        }

        var lineStart = text.LastIndexOf('\n') + 1;
        var strips = _source[_position + 1] != '{' && control != '+' && (lineStart > 0 || lineStarting);
        return strips && LeadingSpace(text.AsSpan(lineStart)) == text.Length - lineStart ? text[..lineStart] : text;
    }

    private static int LeadingSpace(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (length < text.Length && PythonText.IsSpace(text[length]))
        {
            length++;
        }

        return length;
    }

    private static int TrailingSpace(string text)
    {
        var length = 0;
        while (length < text.Length && PythonText.IsSpace(text[^(length + 1)]))
        {
            length++;
        }

        return length;
    }

    /// <summary>Reads one tag.</summary>
    /// <returns>Whether all space after it is dropped, and whether one line break is.</returns>
    private (bool TrimAll, bool TrimNewline) ReadTag()
    {
        var kind = _source[_position + 1];
        if (kind == '#')
        {
            return SkipComment();
        }

        var output = kind == '{';
        Add(output ? TemplateTokenKind.OutputBegin : TemplateTokenKind.BlockBegin, 2);
        if (_position < _source.Length && _source[_position] is '-' or '+')
        {
            _position++;
        }

        var end = output ? "}}" : "%}";
        var open = new Stack<char>();
        while (true)
        {
            Advance(_position + LeadingSpace(_source.AsSpan(_position)));
            var rest = _source.AsSpan(_position);
            var control = rest.Length > 2 && (rest[0] == '-' || (rest[0] == '+' && !output)) && rest[1..].StartsWith(end) ? rest[0] : ' ';
            if (open.Count == 0 && (control != ' ' || rest.StartsWith(end)))
            {
                _position += control == ' ' ? 0 : 1;
                Add(output ? TemplateTokenKind.OutputEnd : TemplateTokenKind.BlockEnd, 2);
                return (control == '-', !output && control == ' ');
            }

            ReadToken();
            Balance(open);
        }
    }

    /// <summary>Inside brackets the end of a tag is none: <c>{{ {'a': {}} }}</c>.</summary>
    private void Balance(Stack<char> open)
    {
        var token = _tokens[^1];
        if (token.IsSign("(", "[", "{"))
        {
            open.Push(token.Text[0] == '(' ? ')' : token.Text[0] == '[' ? ']' : '}');
        }
        else if (token.IsSign(")", "]", "}") && (!open.TryPop(out var expected) || expected != token.Text[0]))
        {
            throw token.Refuse("closes a bracket that is not open");
        }
    }

    private (bool TrimAll, bool TrimNewline) SkipComment()
    {
        var begin = _position + 2;
        begin += begin < _source.Length && _source[begin] is '-' or '+' ? 1 : 0;
        var end = _source.IndexOf("#}", Math.Min(begin, _source.Length), StringComparison.Ordinal);
        if (end < 0)
        {
            throw new TemplateSyntaxException(_line, "{#", "has no end");
        }

        var control = end > begin ? _source[end - 1] : ' ';
        Advance(end + 2);
        return (control == '-', control is not ('-' or '+'));
    }

    private void ReadToken()
    {
        if (_position == _source.Length)
        {
            throw new TemplateSyntaxException(_line, "end of template", "comes before the end of a tag");
        }

        var c = _source[_position];
        if (char.IsAsciiLetter(c) || c == '_')
        {
            Add(TemplateTokenKind.Name, LengthWhile(x => char.IsAsciiLetterOrDigit(x) || x == '_'));
        }
        else if (char.IsAsciiDigit(c))
        {
            ReadNumber();
        }
        else if (c is '\'' or '"')
        {
            ReadString(c);
        }
        else
        {
            var sign = Signs.FirstOrDefault(sign => _source.AsSpan(_position).StartsWith(sign)) ?? throw new TemplateSyntaxException(_line, c.ToString(), "is not part of the language");
            Add(TemplateTokenKind.Sign, sign.Length);
        }
    }

    /// <summary>A number is whole unless it has digits after a point, or an exponent. After a point, as in <c>x.0.1</c>, it is always whole.</summary>
    private void ReadNumber()
    {
        var end = DigitsFrom(_position);
        var whole = end;
        if (_position == 0 || _source[_position - 1] != '.')
        {
            end = IsDigit(end + 1) && _source[end] == '.' ? DigitsFrom(end + 1) : end;
            var sign = end + 1 < _source.Length && _source[end + 1] is '+' or '-' ? 1 : 0;
            end = IsDigit(end + 1 + sign) && _source[end] is 'e' or 'E' ? DigitsFrom(end + 1 + sign) : end;
        }

        var text = _source[_position..end].Replace("_", "", StringComparison.Ordinal);
        _tokens.Add(new TemplateToken(end == whole ? TemplateTokenKind.Integer : TemplateTokenKind.Real, text, _line));
        _position = end;
    }

    private bool IsDigit(int place) => place < _source.Length && char.IsAsciiDigit(_source[place]);

    /// <summary>Where the digits end that begin here, which may have single underscores between them.</summary>
    private int DigitsFrom(int place)
    {
        while (IsDigit(place) || (place < _source.Length && _source[place] == '_' && IsDigit(place + 1)))
        {
            place++;
        }

        return place;
    }

    private void ReadString(char quote)
    {
        var end = _position + 1;
        while (end < _source.Length && _source[end] != quote)
        {
            end += _source[end] == '\\' ? 2 : 1;
        }

        if (end >= _source.Length)
        {
            throw new TemplateSyntaxException(_line, quote.ToString(), "begins a string without end");
        }

        _tokens.Add(new TemplateToken(TemplateTokenKind.StringLiteral, StringEscapes.Resolve(_source[(_position + 1)..end], _line), _line));
        Advance(end + 1);
    }

    private int LengthWhile(Func<char, bool> belongs)
    {
        var end = _position;
        while (end < _source.Length && belongs(_source[end]))
        {
            end++;
        }

        return end - _position;
    }

    private void AddText(string text, int line)
    {
        if (text.Length > 0)
        {
            _tokens.Add(new TemplateToken(TemplateTokenKind.Text, text, line));
        }
    }

    private void Add(TemplateTokenKind kind, int length)
    {
        _tokens.Add(new TemplateToken(kind, _source.Substring(_position, length), _line));
        Advance(_position + length);
    }

    private void Advance(int to)
    {
        _line += _source.AsSpan(_position..to).Count('\n');
        _position = to;
    }
}
