namespace CocoonOrleans.Tokenization.Chat;

/// <summary>A call of a function that the model asked for, as an assistant's message holds it.</summary>
/// <param name="Id">Its id, 1 to 64 characters, which the tool's message repeats.</param>
/// <param name="Name">The function.</param>
/// <param name="Arguments">Its arguments: JSON as the model wrote it, perhaps not valid.</param>
public sealed record ChatToolCall(string Id, string Name, string Arguments);
