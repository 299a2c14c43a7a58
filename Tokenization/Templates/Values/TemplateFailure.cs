namespace CocoonOrleans.Tokenization.Templates.Values;

/// <summary>Ends a rendering from inside; <see cref="ChatTemplate"/> makes a <see cref="TemplateRefusal"/> of it. Never leaves this assembly.</summary>
internal sealed class TemplateFailure(string reason) : Exception(reason);
