using System.Text;

namespace CocoonOrleans.Tokenization.Templates.Syntax;

/// <summary>
/// Cuts a template into tokens as Jinja does in the environment that Hugging Face's transformers set up: <c>trim_blocks</c> and <c>lstrip_blocks</c> on,
/// a last line break dropped, all line breaks <c>\n</c>.
/// </summary>
internal sealed class TemplateLexer
{
    private static readonly string[] Signs = ["==", "!=", "<=", ">=", "//", "<", ">", "=", "+", "-", "*", "/", "%", "~", "|", "(", ")", "[", "]", "{", "}", ".", ":", ","];

    private readonly List<TemplateToken> _tokens = [];
    private readonly string _source;
    private int _position;
    private int _line = 1;

    private TemplateLexer(string source)
    {
        source = source.ReplaceLineEndings("\n");
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

            text = trimAll ? text.TrimStart() : text;
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
            return text.TrimEnd();
        }

        var lineStart = text.LastIndexOf('\n') + 1;
        var strips = _source[_position + 1] != '{' && control != '+' && (lineStart > 0 || lineStarting);
        return strips && text.AsSpan(lineStart).IsWhiteSpace() ? text[..lineStart] : text;
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
        while (true)
        {
            SkipSpace();
            var rest = _source.AsSpan(_position);
            var control = rest.Length > 2 && rest[0] is '-' or '+' && rest[1..].StartsWith(end) ? rest[0] : ' ';
            if (control != ' ' || rest.StartsWith(end))
            {
                _position += control == ' ' ? 0 : 1;
                Add(output ? TemplateTokenKind.OutputEnd : TemplateTokenKind.BlockEnd, 2);
                return (control == '-', !output && control == ' ');
            }

            ReadToken();
        }
    }

    private (bool TrimAll, bool TrimNewline) SkipComment()
    {
        var end = _source.IndexOf("#}", _position + 2, StringComparison.Ordinal);
        if (end < 0)
        {
            throw new TemplateSyntaxException(_line, "{#", "has no end");
        }

        var control = _source[end - 1];
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
            Add(TemplateTokenKind.Integer, LengthWhile(char.IsAsciiDigit));
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

    private void ReadString(char quote)
    {
        var (text, line) = (new StringBuilder(), _line);
        var at = _position + 1;
        for (; at < _source.Length && _source[at] != quote; at++)
        {
            text.Append(_source[at] == '\\' && at + 1 < _source.Length ? Unescape(_source[++at]) : _source[at]);
        }

        if (at >= _source.Length)
        {
            throw new TemplateSyntaxException(line, quote.ToString(), "begins a string without end");
        }

        Advance(at + 1);
        _tokens.Add(new TemplateToken(TemplateTokenKind.StringLiteral, text.ToString(), line));
    }

    private char Unescape(char escape) => escape switch
    {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        '\\' or '\'' or '"' => escape,
        _ => throw new TemplateSyntaxException(_line, $"\\{escape}", "is an escape that is not supported"),
    };

    private int LengthWhile(Func<char, bool> belongs)
    {
        var end = _position;
        while (end < _source.Length && belongs(_source[end]))
        {
            end++;
        }

        return end - _position;
    }

    private void SkipSpace() => Advance(_position + LengthWhile(char.IsWhiteSpace));

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
