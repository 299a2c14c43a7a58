namespace CocoonOrleans.Tokenization.Chat;

/// <summary>A function that the model may call.</summary>
/// <param name="Name">Its name: 1 to 64 letters, digits, '_' and '-'.</param>
/// <param name="Parameters">JSON Schema of its arguments, an object, as the client wrote it; null where it takes none.</param>
/// <param name="Json">The whole tool as the client wrote it, for the chat template.</param>
public sealed record ChatTool(string Name, string? Parameters, string Json);
