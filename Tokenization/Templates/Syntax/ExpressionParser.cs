using System.Globalization;
using CocoonOrleans.Tokenization.Templates.Expressions;
using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Syntax;

/// <summary>Reads expressions with Jinja's precedence: if, or, and, not, comparison, + -, ~, * %, then attributes, filters and tests.</summary>
internal sealed class ExpressionParser(TokenReader tokens)
{
    /// <summary>The most parts of one expression: it also bounds how deep evaluation goes.</summary>
    private const int MostParts = 512;

    private const int DeepestNesting = 32;

    private static readonly string[] Keywords = ["if", "else", "elif", "for", "in", "is", "and", "or", "not", "recursive"];
    private int _parts;
    private int _depth;

    public TemplateExpression Parse()
    {
        (_parts, _depth) = (0, 0);
        return ParseConditional();
    }

    /// <summary>Reads an expression after which <c>if</c> means something else, as after <c>for x in</c>.</summary>
    public TemplateExpression ParseUpToIf()
    {
        (_parts, _depth) = (0, 0);
        return ParseOr();
    }

    private TemplateExpression ParseConditional()
    {
        if (++_depth > DeepestNesting)
        {
            throw tokens.Current.Refuse($"is nested deeper than {DeepestNesting}");
        }

        var value = ParseOr();
        while (TryName("if", out var line))
        {
            var condition = ParseOr();
            value = new Conditional(condition, value, TryName("else", out _) ? ParseConditional() : null, line);
        }

        _depth--;
        return value;
    }

    private TemplateExpression ParseOr()
    {
        var left = ParseAnd();
        while (TryName("or", out var line))
        {
            left = new Binary("or", left, ParseAnd(), line);
        }

        return left;
    }

    private TemplateExpression ParseAnd()
    {
        var left = ParseNot();
        while (TryName("and", out var line))
        {
            left = new Binary("and", left, ParseNot(), line);
        }

        return left;
    }

    private TemplateExpression ParseNot() => TryName("not", out var line) ? new Unary("not", ParseNot(), line) : ParseComparison();

    private TemplateExpression ParseComparison()
    {
        var left = ParseSum();
        if (TryComparison() is not { } sign)
        {
            return left;
        }

        var compared = new Binary(sign.Text, left, ParseSum(), sign.Line);
        var next = tokens.Current;
        return TryComparison() is null ? compared : throw next.Refuse("makes a chain of comparisons, which is not supported");
    }

    private TemplateToken? TryComparison()
    {
        var token = tokens.Current;
        if (token.Is(TemplateTokenKind.Name, "not") && tokens.IsNext("in"))
        {
            Take();
            Take();
            return token with { Text = "not in" };
        }

        return token.Is(TemplateTokenKind.Name, "in") || (token.Kind == TemplateTokenKind.Sign && token.Text is "==" or "!=" or "<" or ">" or "<=" or ">=") ? Take() : null;
    }

    private TemplateExpression ParseSum()
    {
        var left = ParseConcatenation();
        while (TrySign(out var sign, "+", "-"))
        {
            left = new Binary(sign.Text, left, ParseConcatenation(), sign.Line);
        }

        return left;
    }

    private TemplateExpression ParseConcatenation()
    {
        var left = ParseProduct();
        while (TrySign(out var sign, "~"))
        {
            left = new Binary("~", left, ParseProduct(), sign.Line);
        }

        return left;
    }

    private TemplateExpression ParseProduct()
    {
        var left = ParseUnary();
        while (TrySign(out var sign, "*", "%"))
        {
            left = new Binary(sign.Text, left, ParseUnary(), sign.Line);
        }

        return left;
    }

    private TemplateExpression ParseUnary() =>
        TrySign(out var minus, "-") ? new Unary("-", ParseUnary(), minus.Line) : ParseFilters(ParseParts(ParsePrimary()));

    private TemplateExpression ParsePrimary()
    {
        var token = Take();
        switch (token.Kind)
        {
            case TemplateTokenKind.StringLiteral:
                return new Literal(MarkedText.FromTemplate(ReadAdjacent(token.Text)), token.Line);
            case TemplateTokenKind.Integer:
                return long.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    ? new Literal(number, token.Line)
                    : throw token.Refuse("is too large");
            case TemplateTokenKind.Name:
                return ParseName(token);
            case TemplateTokenKind.Sign when token.Text == "(":
                var inner = ParseConditional();
                tokens.TakeSign(")");
                return inner;
            default:
                throw token.Refuse("does not begin a value that is supported");
        }
    }

    /// <summary>Texts that stand one after the other are one text.</summary>
    private string ReadAdjacent(string text)
    {
        while (tokens.Current.Kind == TemplateTokenKind.StringLiteral)
        {
            text += Take().Text;
        }

        return text;
    }

    private TemplateExpression ParseName(TemplateToken name)
    {
        switch (name.Text)
        {
            case "true" or "True":
                return new Literal(true, name.Line);
            case "false" or "False":
                return new Literal(false, name.Line);
            case "none" or "None":
                return new Literal(null, name.Line);
            case "raise_exception":
                tokens.TakeSign("(");
                var reason = ParseConditional();
                tokens.TakeSign(")");
                return new RaiseException(reason, name.Line);
        }

        if (Keywords.Contains(name.Text))
        {
            throw name.Refuse("does not begin a value");
        }

        return tokens.Current.Is(TemplateTokenKind.Sign, "(") ? throw name.Refuse("is a function that is not supported") : new Variable(name.Text, name.Line);
    }

    private TemplateExpression ParseParts(TemplateExpression value)
    {
        while (TrySign(out var sign, ".", "[", "("))
        {
            value = sign.Text switch
            {
                "." => ParseAttribute(value),
                "[" => ParseIndex(value, sign.Line),
                _ => throw sign.Refuse("calls something that is not a function"),
            };
        }

        return value;
    }

    private TemplateExpression ParseAttribute(TemplateExpression value)
    {
        var name = tokens.Take(TemplateTokenKind.Name, "a name");
        if (!tokens.TryTake(TemplateTokenKind.Sign, "("))
        {
            return new Member(value, new Literal(MarkedText.FromTemplate(name.Text), name.Line), name.Line);
        }

        if (name.Text != "strip")
        {
            throw name.Refuse("is a method that is not supported");
        }

        return tokens.TryTake(TemplateTokenKind.Sign, ")") ? new Filter(value, "trim", name.Line) : throw name.Refuse("is supported only without arguments");
    }

    private TemplateExpression ParseIndex(TemplateExpression value, int line)
    {
        var from = tokens.Current.Is(TemplateTokenKind.Sign, ":") ? null : ParseConditional();
        if (!tokens.TryTake(TemplateTokenKind.Sign, ":"))
        {
            tokens.TakeSign("]");
            return new Member(value, from!, line);
        }

        if (tokens.Current.Is(TemplateTokenKind.Sign, ":"))
        {
            throw tokens.Current.Refuse("makes a slice with a step, which is not supported");
        }

        var to = tokens.Current.Is(TemplateTokenKind.Sign, "]") ? null : ParseConditional();
        tokens.TakeSign("]");
        return new Slice(value, from, to, line);
    }

    private TemplateExpression ParseFilters(TemplateExpression value)
    {
        while (true)
        {
            if (TrySign(out _, "|"))
            {
                var name = tokens.Take(TemplateTokenKind.Name, "the name of a filter");
                if (!Filter.Known.Contains(name.Text) || tokens.Current.Is(TemplateTokenKind.Sign, "("))
                {
                    throw name.Refuse("is a filter, or one with arguments, that is not supported");
                }

                value = new Filter(value, name.Text, name.Line);
            }
            else if (TryName("is", out var line))
            {
                var negated = tokens.TryTake(TemplateTokenKind.Name, "not");
                var name = tokens.Take(TemplateTokenKind.Name, "the name of a test");
                if (!ValueTest.Known.Contains(name.Text))
                {
                    throw name.Refuse("is a test that is not supported");
                }

                value = new ValueTest(value, name.Text, line);
                value = negated ? new Unary("not", value, line) : value;
            }
            else
            {
                return value;
            }
        }
    }

    private bool TryName(string name, out int line)
    {
        line = tokens.Current.Line;
        var found = tokens.Current.Is(TemplateTokenKind.Name, name);
        if (found)
        {
            Take();
        }

        return found;
    }

    private bool TrySign(out TemplateToken sign, params ReadOnlySpan<string> signs)
    {
        sign = tokens.Current;
        if (sign.Kind != TemplateTokenKind.Sign || !signs.Contains(sign.Text))
        {
            return false;
        }

        Take();
        return true;
    }

    private TemplateToken Take() => ++_parts <= MostParts ? tokens.Take() : throw tokens.Current.Refuse($"makes an expression of more than {MostParts} parts");
}
