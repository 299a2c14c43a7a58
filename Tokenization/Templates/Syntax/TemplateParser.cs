using CocoonOrleans.Tokenization.Templates.BuiltIns;
using CocoonOrleans.Tokenization.Templates.Expressions;
using CocoonOrleans.Tokenization.Templates.Statements;
using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Syntax;

/// <summary>Reads the statements of a template.</summary>
internal sealed class TemplateParser
{
    private const int DeepestNesting = 32;
    private const int MostParameters = 64;

    private readonly TokenReader _tokens;
    private readonly ExpressionParser _expressions;
    private readonly HashSet<string> _macros = new(StringComparer.Ordinal) { "caller" };
    private int _depth;
    private int _loops;

    private TemplateParser(List<TemplateToken> tokens)
    {
        _tokens = new TokenReader(tokens);
        _expressions = new ExpressionParser(_tokens);
    }

    public static Block Parse(string source)
    {
        var parser = new TemplateParser(TemplateLexer.Read(source));
        var block = parser.ParseBlock();
        if (parser._tokens.Current.Kind != TemplateTokenKind.End)
        {
            throw parser._tokens.Current.Refuse("ends something that did not begin");
        }

        foreach (var call in parser._expressions.Calls.Where(call => !Functions.IsKnown(call.Text) && !parser._macros.Contains(call.Text)))
        {
            throw call.Refuse("is a function that is not supported");
        }

        return block;
    }

    /// <summary>Reads up to the end, or to a tag that only the enclosing statement knows; of that one <c>{%</c> is taken.</summary>
    private Block ParseBlock()
    {
        var statements = new List<TemplateStatement>();
        while (true)
        {
            var token = _tokens.Current;
            switch (token.Kind)
            {
                case TemplateTokenKind.Text:
                    _tokens.Take();
                    statements.Add(new Output(new Literal(MarkedText.FromTemplate(token.Text), token.Line)));
                    break;
                case TemplateTokenKind.OutputBegin:
                    _tokens.Take();
                    statements.Add(new Output(_expressions.ParseTuple()));
                    _tokens.Take(TemplateTokenKind.OutputEnd, "}}");
                    break;
                case TemplateTokenKind.BlockBegin:
                    _tokens.Take();
                    if (_tokens.Current.IsName("elif", "else", "endif", "endfor", "endset", "endmacro", "endcall", "endfilter", "endgeneration"))
                    {
                        return new Block(statements);
                    }

                    statements.Add(ParseStatement());
                    break;
                default:
                    return new Block(statements);
            }
        }
    }

    private TemplateStatement ParseStatement()
    {
        var name = _tokens.Take(TemplateTokenKind.Name, "a statement");
        if (++_depth > DeepestNesting)
        {
            throw name.Refuse($"is nested deeper than {DeepestNesting}");
        }

        TemplateStatement statement = name.Text switch
        {
            "if" => ParseIf(),
            "for" => ParseFor(),
            "set" => ParseSet(),
            "break" => ParseLoopControl(name, Flow.BreakLoop),
            "continue" => ParseLoopControl(name, Flow.ContinueLoop),
            "macro" => ParseMacro(),
            "call" => ParseCall(),
            "filter" => ParseFilter(),
            "generation" => ParseGeneration(name.Line),
            _ => throw name.Refuse("is a statement that is not supported"),
        };
        _depth--;
        return statement;
    }

    private Choice ParseIf()
    {
        var branches = new List<(TemplateExpression, Block)>();
        do
        {
            var condition = _expressions.ParseTuple(isWithIf: false);
            EndTag();
            branches.Add((condition, ParseBlock()));
        }
        while (_tokens.TryName("elif"));

        Block? otherwise = null;
        if (_tokens.TryName("else"))
        {
            EndTag();
            otherwise = ParseBlock();
        }

        End("endif");
        return new Choice(branches, otherwise);
    }

    private Loop ParseFor()
    {
        var target = ParseTarget(isNamespaceAllowed: false);
        if (target.Names.Contains("loop"))
        {
            throw _tokens.Current.Refuse("comes after the name loop, which a loop sets itself");
        }

        _tokens.TakeName("in");
        var source = _expressions.ParseTuple(isWithIf: false);
        var condition = _tokens.TryName("if") ? _expressions.Parse() : null;
        EndTag();
        _loops++;
        var body = ParseBlock();
        _loops--;
        Block? otherwise = null;
        if (_tokens.TryName("else"))
        {
            EndTag();
            otherwise = ParseBlock();
        }

        End("endfor");
        return new Loop(target, source, condition, body, otherwise);
    }

    private LoopControl ParseLoopControl(TemplateToken name, Flow flow)
    {
        EndTag();
        return _loops > 0 ? new LoopControl(flow) : throw name.Refuse("stands outside of a loop");
    }

    private SetVariable ParseSet()
    {
        var target = ParseTarget(isNamespaceAllowed: true);
        if (_tokens.TrySign("="))
        {
            var value = _expressions.ParseTuple();
            EndTag();
            return new SetVariable(target, value);
        }

        return new SetVariable(target, ParseFiltered("endset", isFilterFirst: false));
    }

    private Output ParseFilter() => new(ParseFiltered("endfilter", isFilterFirst: true));

    /// <summary>Reads filters, the rest of the tag, the body that they work on, and its end.</summary>
    private TemplateExpression ParseFiltered(string end, bool isFilterFirst)
    {
        var line = _tokens.Current.Line;
        var filters = _expressions.ParseFilterChain(isFilterFirst);
        EndTag();
        var body = ParseOwnBlock(end);
        return filters(new CapturedBlock(body, line));
    }

    private Output ParseGeneration(int line)
    {
        EndTag();
        return new Output(new CapturedBlock(ParseOwnBlock("endgeneration"), line));
    }

    private Macro ParseMacro()
    {
        var name = _tokens.Take(TemplateTokenKind.Name, "a name");
        var parameters = ParseParameters();
        EndTag();
        _macros.Add(name.Text);
        return new Macro(name.Text, parameters, ParseOwnBlock("endmacro"));
    }

    private CallBlock ParseCall()
    {
        var parameters = _tokens.Current.IsSign("(") ? ParseParameters() : [];
        var begin = _tokens.Current;
        var call = _expressions.Parse() as Call ?? throw begin.Refuse("stands where the call of a macro should be");
        EndTag();
        return new CallBlock(call, new Macro("caller", parameters, ParseOwnBlock("endcall")));
    }

    private List<(string, TemplateExpression?)> ParseParameters()
    {
        var parameters = new List<(string Name, TemplateExpression? Default)>();
        _tokens.TakeSign("(");
        while (!_tokens.TrySign(")"))
        {
            if (parameters.Count > 0)
            {
                _tokens.TakeSign(",");
            }

            var name = _expressions.TakeNewName();
            if (parameters.Count == MostParameters || parameters.Exists(parameter => parameter.Name == name.Text))
            {
                throw name.Refuse($"is one parameter too many: there are {MostParameters} at most, each name once");
            }

            var isOptional = _tokens.TrySign("=");
            if (!isOptional && parameters.Exists(parameter => parameter.Default is not null))
            {
                throw name.Refuse("has no default after one that has");
            }

            parameters.Add((name.Text, isOptional ? _expressions.Parse() : null));
        }

        return parameters;
    }

    /// <summary>Reads a body that no loop around it can be left from, and its end.</summary>
    private Block ParseOwnBlock(string end)
    {
        var loops = _loops;
        _loops = 0;
        var body = ParseBlock();
        _loops = loops;
        End(end);
        return body;
    }

    private Target ParseTarget(bool isNamespaceAllowed)
    {
        var bracket = _tokens.TrySign("(");
        var first = _expressions.TakeNewName();
        if (isNamespaceAllowed && !bracket && _tokens.TrySign("."))
        {
            return new Target([first.Text], IsTuple: false, _tokens.Take(TemplateTokenKind.Name, "a name").Text, first.Line);
        }

        var (names, isTuple) = (new List<string> { first.Text }, false);
        while (_tokens.TrySign(","))
        {
            isTuple = true;
            names.Add(_expressions.TakeNewName().Text);
        }

        if (bracket)
        {
            _tokens.TakeSign(")");
        }

        return new Target(names, isTuple, Member: null, first.Line);
    }

    private void End(string name)
    {
        _tokens.TakeName(name);
        EndTag();
    }

    private void EndTag() => _tokens.Take(TemplateTokenKind.BlockEnd, "%}");
}
