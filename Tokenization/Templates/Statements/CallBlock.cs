using CocoonOrleans.Tokenization.Templates.Expressions;
using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Statements;

/// <summary><c>{% call name() %}body{% endcall %}</c>: the macro gets the body as <c>caller()</c>.</summary>
internal sealed class CallBlock(Call call, Macro caller) : TemplateStatement
{
    public override Flow Run(TemplateRun run)
    {
        run.Line = call.Line;
        run.Write(TemplateValues.ToText(call.Evaluate(run, caller.Close(run)), run));
        return Flow.Next;
    }
}
