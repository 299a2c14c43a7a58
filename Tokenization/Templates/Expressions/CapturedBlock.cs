using CocoonOrleans.Tokenization.Templates.Statements;
using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Expressions;

/// <summary>What a block of statements writes, as a value: of <c>{% set %}</c>, <c>{% filter %}</c> and <c>{% generation %}</c>. What is set inside is forgotten after it.</summary>
internal sealed class CapturedBlock(Block body, int line) : TemplateExpression(line)
{
    protected override object? Compute(TemplateRun run) => body.Capture(run, new TemplateScope(run.Scope));
}
