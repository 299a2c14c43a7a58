using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Expressions;

/// <summary><c>raise_exception('...')</c>: the template refuses the chat.</summary>
internal sealed class RaiseException(TemplateExpression reason, int line) : TemplateExpression(line)
{
    private const int LongestReason = 300;

    protected override object? Compute(TemplateRun run)
    {
        var text = TemplateValues.ToText(reason.Evaluate(run), Line).Text;
        throw new TemplateFailure(text.Length <= LongestReason ? text : text[..LongestReason]);
    }
}
