using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Expressions;

/// <summary><c>x is defined</c>, <c>undefined</c>, <c>none</c> or <c>string</c>.</summary>
internal sealed class ValueTest(TemplateExpression value, string name, int line) : TemplateExpression(line)
{
    public static IReadOnlyList<string> Known { get; } = ["defined", "undefined", "none", "string"];

    protected override object? Compute(TemplateRun run) => (name, value.Evaluate(run)) switch
    {
        ("defined", var x) => x is not TemplateUndefined,
        ("undefined", var x) => x is TemplateUndefined,
        ("none", var x) => x is null,
        (_, var x) => x is MarkedText,
    };
}
