namespace CocoonOrleans.Tokenization.Chat;

/// <summary>One message of a chat.</summary>
/// <param name="Role">Who speaks.</param>
/// <param name="Content">The text; empty where an assistant's message has none. Several text parts are joined by line breaks.</param>
/// <param name="Name">The speaker's name, where several share a role.</param>
public sealed record ChatMessage(ChatRole Role, string Content, string? Name = null)
{
    /// <summary>The calls that an assistant's message asked for.</summary>
    public IReadOnlyList<ChatToolCall> ToolCalls { get; init; } = [];

    /// <summary>Which call a tool's message answers; null where it doesn't say.</summary>
    public string? ToolCallId { get; init; }
}
