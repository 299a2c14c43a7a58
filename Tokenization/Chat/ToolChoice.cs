namespace CocoonOrleans.Tokenization.Chat;

/// <summary>Whether the model calls a function.</summary>
/// <param name="Mode">Who decides.</param>
/// <param name="Name">The function that has to be called; null where any may be.</param>
public sealed record ToolChoice(ToolChoiceMode Mode, string? Name = null)
{
    /// <summary>The model decides.</summary>
    public static ToolChoice Auto { get; } = new(ToolChoiceMode.Auto);

    /// <summary>It calls none.</summary>
    public static ToolChoice None { get; } = new(ToolChoiceMode.None);
}
