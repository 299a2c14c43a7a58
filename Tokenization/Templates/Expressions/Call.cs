using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Expressions;

/// <summary>Calls a function, a method or a macro.</summary>
internal sealed class Call(TemplateExpression function, CallArguments arguments, int line) : TemplateExpression(line)
{
    public object? Evaluate(TemplateRun run, TemplateCallable caller) => Compute(run, caller);

    protected override object? Compute(TemplateRun run) => Compute(run, caller: null);

    private object? Compute(TemplateRun run, TemplateCallable? caller)
    {
        if (function.Evaluate(run) is not TemplateCallable callable)
        {
            throw run.Fail("calls something that is no function");
        }

        var values = arguments.Evaluate(run, caller);
        run.Line = Line;
        return callable.Call(run, values);
    }
}
