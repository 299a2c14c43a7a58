using CocoonOrleans.Tokenization.Templates.Expressions;
using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Statements;

/// <summary><c>{% set name = value %}</c>.</summary>
internal sealed class SetVariable(Target target, TemplateExpression value) : TemplateStatement
{
    public override Flow Run(TemplateRun run)
    {
        target.Assign(value.Evaluate(run), run);
        return Flow.Next;
    }
}
