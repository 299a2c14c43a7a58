using CocoonOrleans.Tokenization.Templates.Expressions;
using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Statements;

/// <summary><c>{% for name in list if condition %}</c> with its <c>else</c>, which Jinja runs where no round came to its end. What is set inside is forgotten after each round, as in Jinja.</summary>
internal sealed class Loop(Target target, TemplateExpression source, TemplateExpression? condition, Block body, Block? otherwise) : TemplateStatement
{
    /// <summary>A round makes a small table, which takes as long as copying this much text.</summary>
    private const int CharactersWorthOneRound = 128;

    public override Flow Run(TemplateRun run)
    {
        var items = TemplateValues.Iterate(source.Evaluate(run), run);
        var outer = run.Scope;
        items = condition is null ? items : new TemplateList([.. items.Where(item => IsWanted(item, outer, run))]);
        var changes = new LoopChanges();
        var (flow, isAnyDone) = (Flow.Next, false);
        for (var i = 0; i < items.Count && flow != Flow.BreakLoop; i++)
        {
            run.Spend(CharactersWorthOneRound);
            run.Scope = new TemplateScope(outer) { ["loop"] = new LoopState(items, i, changes) };
            target.Assign(items[i], run);
            flow = body.Run(run);
            isAnyDone |= flow == Flow.Next;
        }

        run.Scope = outer;
        return isAnyDone || otherwise is null ? Flow.Next : otherwise.Run(run);
    }

    private bool IsWanted(object? item, TemplateScope outer, TemplateRun run)
    {
        run.Spend(CharactersWorthOneRound);
        run.Scope = new TemplateScope(outer);
        target.Assign(item, run);
        var isWanted = TemplateValues.IsTrue(condition!.Evaluate(run));
        run.Scope = outer;
        return isWanted;
    }
}
