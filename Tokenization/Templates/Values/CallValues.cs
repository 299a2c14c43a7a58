namespace CocoonOrleans.Tokenization.Templates.Values;

/// <summary>The values of a call's arguments.</summary>
/// <param name="Positional">In order.</param>
/// <param name="Named">Those given as <c>name=value</c>, each name once.</param>
/// <param name="Caller">The body of a <c>{% call %}</c>.</param>
internal sealed record CallValues(object?[] Positional, IReadOnlyList<(string Name, object? Value)> Named, TemplateCallable? Caller = null);
