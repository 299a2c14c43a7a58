using CocoonOrleans.Tokenization.Templates.BuiltIns;
using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Expressions;

/// <summary><c>value is test(arguments)</c>.</summary>
internal sealed class Tested(TemplateExpression value, BuiltIn test, CallArguments arguments, int line) : TemplateExpression(line)
{
    protected override object? Compute(TemplateRun run)
    {
        var input = value.Evaluate(run);
        var values = arguments.Evaluate(run);
        run.Line = Line;
        return test.Apply(run, input, values);
    }
}
