using CocoonOrleans.Tokenization.Templates.Expressions;
using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Statements;

/// <summary><c>{% macro name(a, b=default) %}</c>: sets a function that gives what its body writes. It sees the variables of the place where it stands.</summary>
internal sealed class Macro(string name, IReadOnlyList<(string Name, TemplateExpression? Default)> parameters, Block body) : TemplateStatement
{
    public override Flow Run(TemplateRun run)
    {
        run.Scope[name] = Close(run);
        return Flow.Next;
    }

    /// <summary>The macro as a value, with the variables of this place.</summary>
    public TemplateCallable Close(TemplateRun run) => new Closed(this, run.Scope);

    private MarkedText Call(TemplateRun run, CallValues arguments, TemplateScope around)
    {
        if (arguments.Positional.Length > parameters.Count)
        {
            throw run.Fail($"calls the macro {name} with more than {parameters.Count} arguments");
        }

        var scope = new TemplateScope(around);
        for (var i = 0; i < arguments.Positional.Length; i++)
        {
            scope[parameters[i].Name] = arguments.Positional[i];
        }

        foreach (var (given, value) in arguments.Named)
        {
            if (!parameters.Skip(arguments.Positional.Length).Any(parameter => parameter.Name == given))
            {
                throw run.Fail($"calls the macro {name} with an argument that it has not, or twice");
            }

            scope[given] = value;
        }

        if (arguments.Caller is not null)
        {
            scope["caller"] = arguments.Caller;
        }

        run.Spend(parameters.Count * (long)TemplateRun.CharactersPerStep);
        var outer = run.Scope;
        run.Scope = scope;
        foreach (var (parameter, otherwise) in parameters.Skip(arguments.Positional.Length))
        {
            if (!arguments.Named.Any(argument => argument.Name == parameter))
            {
                scope[parameter] = otherwise is null ? TemplateUndefined.Value : otherwise.Evaluate(run);
            }
        }

        run.Scope = outer;
        return body.Capture(run, scope);
    }

    private sealed class Closed(Macro macro, TemplateScope around) : TemplateCallable
    {
        public override object? Call(TemplateRun run, CallValues arguments) => macro.Call(run, arguments, around);
    }
}
