using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Statements;

/// <summary>Statements one after the other.</summary>
internal sealed class Block(IReadOnlyList<TemplateStatement> statements) : TemplateStatement
{
    public override void Run(TemplateRun run)
    {
        foreach (var statement in statements)
        {
            run.Spend();
            statement.Run(run);
        }
    }
}
