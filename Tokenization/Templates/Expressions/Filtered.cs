using CocoonOrleans.Tokenization.Templates.BuiltIns;
using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Expressions;

/// <summary><c>value | filter(arguments)</c>.</summary>
internal sealed class Filtered(TemplateExpression value, BuiltIn filter, CallArguments arguments, int line) : TemplateExpression(line)
{
    protected override object? Compute(TemplateRun run)
    {
        var input = value.Evaluate(run);
        var values = arguments.Evaluate(run);
        run.Line = Line;
        return filter.Apply(run, input, values);
    }
}
