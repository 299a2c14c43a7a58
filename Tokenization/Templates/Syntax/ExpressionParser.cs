using CocoonOrleans.Tokenization.Templates.BuiltIns;
using CocoonOrleans.Tokenization.Templates.Expressions;
using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Syntax;

/// <summary>Reads expressions with Jinja's precedence: if, or, and, not, comparison, + -, ~, * / // %, **, - and + before a value, then parts, filters and tests.</summary>
internal sealed partial class ExpressionParser(TokenReader tokens)
{
    /// <summary>The most tokens of one expression.</summary>
    private const int MostParts = 4096;

    /// <summary>How deep the tree of an expression may grow, to the left as well. A run bounds its own depth too.</summary>
    private const int LongestChain = 256;

    private const int DeepestNesting = 32;

    private static readonly string[] Keywords = ["if", "else", "elif", "for", "in", "is", "and", "or", "not", "recursive"];
    private static readonly string[] Constants = ["true", "True", "false", "False", "none", "None"];

    private readonly List<TemplateToken> _calls = [];
    private int _parts;
    private int _depth;
    private int _chain;

    /// <summary>The names that are called as functions.</summary>
    public IReadOnlyList<TemplateToken> Calls => _calls;

    public TemplateExpression Parse()
    {
        (_parts, _depth, _chain) = (0, 0, 0);
        return ParseConditional();
    }

    /// <summary>Reads an expression, or several with commas between them, which make a tuple.</summary>
    /// <param name="isWithIf">Whether <c>a if b else c</c> may stand here; after <c>for x in</c> the <c>if</c> means something else.</param>
    public TemplateExpression ParseTuple(bool isWithIf = true)
    {
        (_parts, _depth, _chain) = (0, 0, 0);
        var line = tokens.Current.Line;
        var first = isWithIf ? ParseConditional() : ParseOr();
        return tokens.Current.IsSign(",") ? ParseRestOfTuple(first, line, isWithIf) : first;
    }

    /// <summary>Reads <c>| filter | filter</c>, to be put behind a value that is not known yet.</summary>
    /// <param name="isFirstBare">Whether the first filter has no <c>|</c> before it.</param>
    public Func<TemplateExpression, TemplateExpression> ParseFilterChain(bool isFirstBare)
    {
        (_parts, _depth, _chain) = (0, 0, 0);
        var filters = new List<Func<TemplateExpression, TemplateExpression>>();
        while (isFirstBare || TrySign(out _, "|"))
        {
            isFirstBare = false;
            filters.Add(ParseFilter());
        }

        return value => filters.Aggregate(value, (filtered, filter) => filter(filtered));
    }

    /// <summary>Takes a name that may be given a value.</summary>
    public TemplateToken TakeNewName()
    {
        var name = tokens.Take(TemplateTokenKind.Name, "a name");
        return Keywords.Contains(name.Text) || Constants.Contains(name.Text) ? throw name.Refuse("can't be given a value") : name;
    }

    private TemplateExpression ParseConditional()
    {
        Nest();
        var value = ParseOr();
        while (TryName("if", out var line))
        {
            Lengthen();
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
            Lengthen();
            left = new Logic(isAnd: false, left, ParseAnd(), line);
        }

        return left;
    }

    private TemplateExpression ParseAnd()
    {
        var left = ParseNot();
        while (TryName("and", out var line))
        {
            Lengthen();
            left = new Logic(isAnd: true, left, ParseNot(), line);
        }

        return left;
    }

    private TemplateExpression ParseNot()
    {
        if (tokens.Current.IsName("not") && !tokens.IsNext(TemplateTokenKind.Name, "in"))
        {
            var line = Take().Line;
            Nest();
            var negated = new Unary("not", ParseNot(), line);
            _depth--;
            return negated;
        }

        return ParseComparison();
    }

    private TemplateExpression ParseComparison()
    {
        var first = ParseSum();
        var others = new List<(string, TemplateExpression)>();
        var line = tokens.Current.Line;
        while (TryComparison() is { } sign)
        {
            others.Add((sign, ParseSum()));
        }

        return others.Count == 0 ? first : new Comparison(first, others, line);
    }

    private string? TryComparison()
    {
        if (tokens.Current.IsName("not") && tokens.IsNext(TemplateTokenKind.Name, "in"))
        {
            Take();
            Take();
            return "not in";
        }

        return tokens.Current.IsName("in") || tokens.Current.IsSign("==", "!=", "<", ">", "<=", ">=") ? Take().Text : null;
    }

    private TemplateExpression ParseSum()
    {
        var left = ParseConcatenation();
        while (TrySign(out var sign, "+", "-"))
        {
            Lengthen();
            left = new Arithmetic(sign.Text, left, ParseConcatenation(), sign.Line);
        }

        return left;
    }

    private TemplateExpression ParseConcatenation()
    {
        var parts = new List<TemplateExpression> { ParseProduct() };
        while (TrySign(out _, "~"))
        {
            parts.Add(ParseProduct());
        }

        return parts.Count == 1 ? parts[0] : new Concatenation(parts, parts[0].Line);
    }

    private TemplateExpression ParseProduct()
    {
        var left = ParsePower();
        while (TrySign(out var sign, "*", "/", "//", "%"))
        {
            Lengthen();
            left = new Arithmetic(sign.Text, left, ParsePower(), sign.Line);
        }

        return left;
    }

    /// <summary>Jinja reads powers from the left, unlike Python.</summary>
    private TemplateExpression ParsePower()
    {
        var left = ParseUnary(isFiltered: true);
        while (TrySign(out var sign, "**"))
        {
            Lengthen();
            left = new Arithmetic(sign.Text, left, ParseUnary(isFiltered: true), sign.Line);
        }

        return left;
    }

    private TemplateExpression ParseUnary(bool isFiltered)
    {
        TemplateExpression value;
        if (TrySign(out var sign, "-", "+"))
        {
            Nest();
            value = new Unary(sign.Text, ParseUnary(isFiltered: false), sign.Line);
            _depth--;
        }
        else
        {
            value = ParsePrimary();
        }

        value = ParseParts(value);
        return isFiltered ? ParseFiltersAndTests(value) : value;
    }

    private TemplateExpression ParseParts(TemplateExpression value)
    {
        while (TrySign(out var sign, ".", "[", "("))
        {
            Lengthen();
            value = sign.Text switch
            {
                "." => ParseMember(value),
                "[" => ParseItem(value, sign.Line),
                _ => ParseCall(value, sign),
            };
        }

        return value;
    }

    private TemplateExpression ParseMember(TemplateExpression value)
    {
        if (tokens.Current.Kind == TemplateTokenKind.Integer)
        {
            return new Item(value, ParsePrimary(), tokens.Current.Line);
        }

        var name = tokens.Take(TemplateTokenKind.Name, "a name");
        return tokens.Current.IsSign("(") && !Methods.IsKnown(name.Text) ? throw name.Refuse("is a method that is not supported") : new Member(value, name.Text, name.Line);
    }

    private TemplateExpression ParseItem(TemplateExpression value, int line)
    {
        var from = tokens.Current.IsSign(":") ? null : ParseConditional();
        if (!TrySign(out _, ":"))
        {
            tokens.TakeSign("]");
            return new Item(value, from!, line);
        }

        var to = tokens.Current.IsSign(":", "]") ? null : ParseConditional();
        var step = TrySign(out _, ":") && !tokens.Current.IsSign("]") ? ParseConditional() : null;
        tokens.TakeSign("]");
        return new Slice(value, from, to, step, line);
    }

    private Call ParseCall(TemplateExpression function, TemplateToken bracket) =>
        function is Variable or Member ? new Call(function, ParseArguments(), bracket.Line) : throw bracket.Refuse("calls something that is not a function");

    /// <summary>Reads the arguments of a call, of which <c>(</c> is taken.</summary>
    private CallArguments ParseArguments()
    {
        var positional = new List<TemplateExpression>();
        var named = new List<(string Name, TemplateExpression)>();
        while (!TrySign(out _, ")"))
        {
            if (positional.Count + named.Count > 0)
            {
                tokens.TakeSign(",");
                if (TrySign(out _, ")"))
                {
                    break;
                }
            }

            var token = tokens.Current;
            if (token.Kind == TemplateTokenKind.Name && tokens.IsNext(TemplateTokenKind.Sign, "="))
            {
                Take();
                Take();
                if (named.Exists(argument => argument.Name == token.Text))
                {
                    throw token.Refuse("is given twice");
                }

                named.Add((token.Text, ParseConditional()));
            }
            else
            {
                positional.Add(named.Count == 0 ? ParseConditional() : throw token.Refuse("has no name after an argument that has"));
            }
        }

        return new CallArguments(positional, named);
    }

    private TemplateExpression ParseFiltersAndTests(TemplateExpression value)
    {
        while (true)
        {
            if (TrySign(out _, "|"))
            {
                Lengthen();
                value = ParseFilter()(value);
            }
            else if (TryName("is", out var line))
            {
                Lengthen();
                value = ParseTest(value, line);
            }
            else
            {
                return value;
            }
        }
    }

    private Func<TemplateExpression, TemplateExpression> ParseFilter()
    {
        var name = tokens.Take(TemplateTokenKind.Name, "the name of a filter");
        var filter = Filters.Find(name.Text) ?? throw name.Refuse("is a filter that is not supported");
        var arguments = TrySign(out _, "(") ? ParseArguments() : CallArguments.None;
        filter.Check(name, arguments);
        CheckName(filter, arguments);
        return value => new Filtered(value, filter, arguments, name.Line);
    }

    /// <summary><c>map</c> takes the name of a filter, <c>select</c> and its kin that of a test: an unknown one is refused here where it stands there as a text.</summary>
    private void CheckName(BuiltIn filter, CallArguments arguments)
    {
        var place = filter.Name switch
        {
            "map" or "select" or "reject" => 0,
            "selectattr" or "rejectattr" => 1,
            _ => int.MaxValue,
        };
        if (place < arguments.Positional.Count && arguments.Positional[place] is Literal { Value: MarkedText name, Line: var line }
            && (filter.Name == "map" ? Filters.Find(name.Text) : ValueTests.Find(name.Text)) is null)
        {
            throw new TemplateToken(TemplateTokenKind.Name, name.Text, line).Refuse($"is a {(filter.Name == "map" ? "filter" : "test")} that is not supported");
        }
    }

    private TemplateExpression ParseTest(TemplateExpression value, int line)
    {
        var isNegated = tokens.TryName("not");
        var name = tokens.Take(TemplateTokenKind.Name, "the name of a test");
        var test = ValueTests.Find(name.Text) ?? throw name.Refuse("is a test that is not supported");
        var arguments = TrySign(out _, "(") ? ParseArguments() : BeginsArgument() ? new CallArguments([ParseParts(ParsePrimary())], []) : CallArguments.None;
        test.Check(name, arguments);
        var tested = new Tested(value, test, arguments, line);
        return isNegated ? new Unary("not", tested, line) : tested;
    }

    /// <summary>The one argument of a test needs no brackets.</summary>
    private bool BeginsArgument() => tokens.Current.Kind switch
    {
        TemplateTokenKind.Name => tokens.Current.IsName("is") ? throw tokens.Current.Refuse("makes a chain of tests") : !tokens.Current.IsName("else", "or", "and", "if", "in", "not"),
        TemplateTokenKind.StringLiteral or TemplateTokenKind.Integer or TemplateTokenKind.Real => true,
        _ => tokens.Current.IsSign("[", "{"),
    };

    private void Nest()
    {
        if (++_depth > DeepestNesting)
        {
            throw tokens.Current.Refuse($"is nested deeper than {DeepestNesting}");
        }
    }

    private void Lengthen()
    {
        if (++_chain > LongestChain)
        {
            throw tokens.Current.Refuse($"makes an expression with more than {LongestChain} operations");
        }
    }

    private bool TryName(string name, out int line)
    {
        line = tokens.Current.Line;
        var found = tokens.Current.IsName(name);
        if (found)
        {
            Take();
        }

        return found;
    }

    private bool TrySign(out TemplateToken sign, params ReadOnlySpan<string> signs)
    {
        sign = tokens.Current;
        if (!sign.IsSign(signs))
        {
            return false;
        }

        Take();
        return true;
    }

    private TemplateToken Take() => ++_parts <= MostParts ? tokens.Take() : throw tokens.Current.Refuse($"makes an expression of more than {MostParts} parts");
}
