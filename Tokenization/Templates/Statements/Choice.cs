using CocoonOrleans.Tokenization.Templates.Expressions;
using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Statements;

/// <summary><c>{% if %}</c> with its <c>elif</c> branches and <c>else</c>.</summary>
internal sealed class Choice(IReadOnlyList<(TemplateExpression Condition, Block Body)> branches, Block? otherwise) : TemplateStatement
{
    public override Flow Run(TemplateRun run)
    {
        foreach (var (condition, body) in branches)
        {
            if (TemplateValues.IsTrue(condition.Evaluate(run)))
            {
                return body.Run(run);
            }
        }

        return otherwise?.Run(run) ?? Flow.Next;
    }
}
