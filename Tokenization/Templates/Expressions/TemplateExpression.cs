using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Expressions;

/// <summary>An expression of a template. <paramref name="line"/> is for messages.</summary>
internal abstract class TemplateExpression(int line)
{
    public int Line => line;

    public object? Evaluate(TemplateRun run)
    {
        run.Spend();
        return Compute(run);
    }

    protected abstract object? Compute(TemplateRun run);

    protected TemplateFailure Fail(string what) => new($"The chat template {what}, in line {line}.");
}
