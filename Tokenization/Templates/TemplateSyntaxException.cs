namespace CocoonOrleans.Tokenization.Templates;

/// <summary>A chat template can't be read: it is broken, or uses a part of Jinja that isn't supported. Thrown when a model is loaded, never later.</summary>
/// <param name="line">Line of the template, from 1.</param>
/// <param name="word">The word or sign at fault.</param>
/// <param name="reason">What is wrong with it.</param>
public sealed class TemplateSyntaxException(int line, string word, string reason) : Exception($"chat template, line {line}: '{word}' {reason}.")
{
    /// <summary>Line of the template, from 1.</summary>
    public int Line { get; } = line;

    /// <summary>The word or sign at fault.</summary>
    public string Word { get; } = word;
}
