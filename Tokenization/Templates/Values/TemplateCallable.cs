namespace CocoonOrleans.Tokenization.Templates.Values;

/// <summary>A value that can be called: a function of Jinja, a method of a value, a macro.</summary>
internal abstract class TemplateCallable
{
    public abstract object? Call(TemplateRun run, CallValues arguments);
}
