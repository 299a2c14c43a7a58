namespace CocoonOrleans.Gateway.Responses;

/// <summary>One server-sent event of a response.</summary>
/// <param name="Type">Its type, which its JSON repeats.</param>
/// <param name="Json">Its JSON, one line.</param>
public sealed record ResponseEvent(string Type, byte[] Json);
