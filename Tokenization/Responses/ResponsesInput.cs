namespace CocoonOrleans.Tokenization.Responses;

/// <summary>One item of a response's input.</summary>
/// <param name="Path">Where it stands in the request, such as <c>input[2]</c>.</param>
/// <param name="Message">The chat message that it is, a JSON object.</param>
/// <param name="Item">The item as it is listed later, a JSON object without an id.</param>
public sealed record ResponsesInput(string Path, string Message, string Item);
