using CocoonOrleans.Tokenization.Templates.Expressions;
using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Statements;

/// <summary>Writes a value: text between tags, and <c>{{ ... }}</c>.</summary>
internal sealed class Output(TemplateExpression value) : TemplateStatement
{
    public override Flow Run(TemplateRun run)
    {
        run.Write(TemplateValues.ToText(value.Evaluate(run), run));
        return Flow.Next;
    }
}
