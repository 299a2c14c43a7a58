using CocoonOrleans.Tokenization.Templates.Expressions;
using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Statements;

/// <summary><c>{% set name = value %}</c>.</summary>
internal sealed class SetVariable(string name, TemplateExpression value) : TemplateStatement
{
    public override void Run(TemplateRun run) => run.Set(name, value.Evaluate(run));
}
