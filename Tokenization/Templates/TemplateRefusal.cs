namespace CocoonOrleans.Tokenization.Templates;

/// <summary>Why a template gives no prompt for a chat: by its own <c>raise_exception</c>, by a value it can't work with, or because it asks for too much.</summary>
/// <param name="Reason">What it says, at most 300 characters. It comes from the model's author and may repeat a part of the chat: show it to the client, don't log it.</param>
public sealed record TemplateRefusal(string Reason);
