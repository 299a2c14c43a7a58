using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Expressions;

/// <summary>The value of a name.</summary>
internal sealed class Variable(string name, int line) : TemplateExpression(line)
{
    public string Name => name;

    protected override object? Compute(TemplateRun run) => run.Scope[name];
}
