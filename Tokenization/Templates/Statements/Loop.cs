using CocoonOrleans.Tokenization.Templates.Expressions;
using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Statements;

/// <summary><c>{% for name in list %}</c>. What is set inside is forgotten after each round, as in Jinja.</summary>
internal sealed class Loop(string name, TemplateExpression source, Block body) : TemplateStatement
{
    /// <summary>A round makes two small tables, which takes as long as copying this much text.</summary>
    private const int CharactersWorthOneRound = 512;

    public override void Run(TemplateRun run)
    {
        if (source.Evaluate(run) is not IReadOnlyList<object?> list)
        {
            throw new TemplateFailure($"The chat template goes through something that is not a list, in line {source.Line}.");
        }

        for (var i = 0; i < list.Count; i++)
        {
            run.Spend(CharactersWorthOneRound);
            run.Enter();
            run.Set(name, list[i]);
            run.Set("loop", StateOf(i, list.Count));
            body.Run(run);
            run.Leave();
        }
    }

    private static Dictionary<string, object?> StateOf(int index, int count) => new()
    {
        ["index"] = index + 1L,
        ["index0"] = (long)index,
        ["first"] = index == 0,
        ["last"] = index == count - 1,
        ["length"] = (long)count,
    };
}
