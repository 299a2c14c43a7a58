using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Expressions;

/// <summary><c>a ~ b ~ c</c>: all of them as one text.</summary>
internal sealed class Concatenation(IReadOnlyList<TemplateExpression> parts, int line) : TemplateExpression(line)
{
    protected override object? Compute(TemplateRun run)
    {
        var text = new MarkedTextBuilder(run);
        foreach (var part in parts)
        {
            text.Append(TemplateValues.ToText(part.Evaluate(run), run));
        }

        return text.ToText();
    }
}
