using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Statements;

/// <summary>Statements one after the other.</summary>
internal sealed class Block(IReadOnlyList<TemplateStatement> statements) : TemplateStatement
{
    public override Flow Run(TemplateRun run)
    {
        run.Descend();
        var flow = Flow.Next;
        for (var i = 0; i < statements.Count && flow == Flow.Next; i++)
        {
            run.Spend();
            flow = statements[i].Run(run);
        }

        run.Ascend();
        return flow;
    }

    /// <summary>What it writes, with a scope of its own.</summary>
    public MarkedText Capture(TemplateRun run, TemplateScope scope)
    {
        var outer = run.Scope;
        run.Scope = scope;
        var text = run.Capture(() => Run(run));
        run.Scope = outer;
        return text;
    }
}
