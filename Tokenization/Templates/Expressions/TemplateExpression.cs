using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Expressions;

/// <summary>An expression of a template. <paramref name="line"/> is for messages.</summary>
internal abstract class TemplateExpression(int line)
{
    public int Line => line;

    public object? Evaluate(TemplateRun run)
    {
        run.Spend();
        run.Descend();
        run.Line = line;
        var value = Compute(run);
        run.Line = line;
        run.Ascend();
        return value;
    }

    protected abstract object? Compute(TemplateRun run);
}
