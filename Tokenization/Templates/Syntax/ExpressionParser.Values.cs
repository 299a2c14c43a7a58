using System.Globalization;
using CocoonOrleans.Tokenization.Templates.Expressions;
using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Syntax;

/// <content>What an expression begins with: literals, names, brackets, lists and dictionaries.</content>
internal sealed partial class ExpressionParser
{
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
            case TemplateTokenKind.Real:
                return new Literal(double.Parse(token.Text, CultureInfo.InvariantCulture), token.Line);
            case TemplateTokenKind.Name:
                return ParseName(token);
            case TemplateTokenKind.Sign when token.Text == "(":
                return ParseBrackets(token.Line);
            case TemplateTokenKind.Sign when token.Text == "[":
                return new ListLiteral(ParseItems("]"), isTuple: false, token.Line);
            case TemplateTokenKind.Sign when token.Text == "{":
                return ParseMap(token.Line);
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
        if (Constants.Contains(name.Text))
        {
            return new Literal(name.Text is "none" or "None" ? null : name.Text is "true" or "True", name.Line);
        }

        if (Keywords.Contains(name.Text))
        {
            throw name.Refuse("does not begin a value");
        }

        if (tokens.Current.IsSign("("))
        {
            _calls.Add(name);
        }

        return new Variable(name.Text, name.Line);
    }

    private TemplateExpression ParseBrackets(int line)
    {
        if (TrySign(out _, ")"))
        {
            return new ListLiteral([], isTuple: true, line);
        }

        var inner = ParseConditional();
        inner = tokens.Current.IsSign(",") ? ParseRestOfTuple(inner, line, isWithIf: true) : inner;
        tokens.TakeSign(")");
        return inner;
    }

    private ListLiteral ParseRestOfTuple(TemplateExpression first, int line, bool isWithIf)
    {
        var items = new List<TemplateExpression> { first };
        while (TrySign(out _, ",") && !tokens.Current.IsSign(")") && tokens.Current.Kind is not (TemplateTokenKind.BlockEnd or TemplateTokenKind.OutputEnd))
        {
            items.Add(isWithIf ? ParseConditional() : ParseOr());
        }

        return new ListLiteral(items, isTuple: true, line);
    }

    private List<TemplateExpression> ParseItems(string end)
    {
        var items = new List<TemplateExpression>();
        while (!TrySign(out _, end))
        {
            if (items.Count > 0)
            {
                tokens.TakeSign(",");
                if (TrySign(out _, end))
                {
                    break;
                }
            }

            items.Add(ParseConditional());
        }

        return items;
    }

    private MapLiteral ParseMap(int line)
    {
        var entries = new List<(TemplateExpression, TemplateExpression)>();
        while (!TrySign(out _, "}"))
        {
            if (entries.Count > 0)
            {
                tokens.TakeSign(",");
                if (TrySign(out _, "}"))
                {
                    break;
                }
            }

            var key = ParseConditional();
            tokens.TakeSign(":");
            entries.Add((key, ParseConditional()));
        }

        return new MapLiteral(entries, line);
    }
}
