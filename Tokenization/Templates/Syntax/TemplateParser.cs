using CocoonOrleans.Tokenization.Templates.Expressions;
using CocoonOrleans.Tokenization.Templates.Statements;
using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Syntax;

/// <summary>Reads the statements of a template.</summary>
internal sealed class TemplateParser
{
    private const int DeepestNesting = 32;

    private readonly TokenReader _tokens;
    private readonly ExpressionParser _expressions;
    private int _depth;

    private TemplateParser(List<TemplateToken> tokens)
    {
        _tokens = new TokenReader(tokens);
        _expressions = new ExpressionParser(_tokens);
    }

    public static Block Parse(string source)
    {
        var parser = new TemplateParser(TemplateLexer.Read(source));
        var block = parser.ParseBlock();
        return parser._tokens.Current.Kind == TemplateTokenKind.End ? block : throw parser._tokens.Current.Refuse("ends something that did not begin");
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
                    statements.Add(new Output(_expressions.Parse()));
                    _tokens.Take(TemplateTokenKind.OutputEnd, "}}");
                    break;
                case TemplateTokenKind.BlockBegin:
                    _tokens.Take();
                    if (_tokens.Current is { Kind: TemplateTokenKind.Name, Text: "elif" or "else" or "endif" or "endfor" })
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
            var condition = _expressions.Parse();
            EndTag();
            branches.Add((condition, ParseBlock()));
        }
        while (_tokens.TryTake(TemplateTokenKind.Name, "elif"));

        Block? otherwise = null;
        if (_tokens.TryTake(TemplateTokenKind.Name, "else"))
        {
            EndTag();
            otherwise = ParseBlock();
        }

        End("endif");
        return new Choice(branches, otherwise);
    }

    private Loop ParseFor()
    {
        var name = _tokens.Take(TemplateTokenKind.Name, "a name");
        if (!_tokens.TryTake(TemplateTokenKind.Name, "in"))
        {
            throw _tokens.Current.Refuse("stands where in should be");
        }

        var source = _expressions.ParseUpToIf();
        EndTag();
        var body = ParseBlock();
        End("endfor");
        return new Loop(name.Text, source, body);
    }

    private SetVariable ParseSet()
    {
        var name = _tokens.Take(TemplateTokenKind.Name, "a name");
        if (!_tokens.TryTake(TemplateTokenKind.Sign, "="))
        {
            throw _tokens.Current.Refuse("after set is not supported, only = and a value");
        }

        var value = _expressions.Parse();
        EndTag();
        return new SetVariable(name.Text, value);
    }

    private void End(string name)
    {
        if (!_tokens.TryTake(TemplateTokenKind.Name, name))
        {
            throw _tokens.Current.Refuse($"stands where {name} should be");
        }

        EndTag();
    }

    private void EndTag() => _tokens.Take(TemplateTokenKind.BlockEnd, "%}");
}
