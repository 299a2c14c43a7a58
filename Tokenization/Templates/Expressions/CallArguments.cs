using CocoonOrleans.Tokenization.Templates.Values;

namespace CocoonOrleans.Tokenization.Templates.Expressions;

/// <summary>What stands between the brackets of a call.</summary>
/// <param name="Positional">In order.</param>
/// <param name="Named">Those given as <c>name=value</c>, each name once.</param>
internal sealed record CallArguments(IReadOnlyList<TemplateExpression> Positional, IReadOnlyList<(string Name, TemplateExpression Value)> Named)
{
    public static CallArguments None { get; } = new([], []);

    public CallValues Evaluate(TemplateRun run, TemplateCallable? caller = null) =>
        new([.. Positional.Select(argument => argument.Evaluate(run))], [.. Named.Select(argument => (argument.Name, argument.Value.Evaluate(run)))], caller);
}
