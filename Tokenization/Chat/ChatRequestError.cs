namespace CocoonOrleans.Tokenization.Chat;

/// <summary>
/// Why a request can't be served, in the words of OpenAI's API: <c>{"error": {"message", "type": "invalid_request_error", "param", "code"}}</c>.
/// The message may name fields and limits; it never repeats what a field holds.
/// </summary>
/// <param name="Message">What is wrong and what to do, for a person.</param>
/// <param name="Param">Path of the field, such as <c>messages[2].content[0].type</c>; null for the body as a whole.</param>
/// <param name="Code">One of the constants here.</param>
/// <param name="Status">HTTP status; 400 for all of today's codes.</param>
public sealed record ChatRequestError(string Message, string? Param, string Code, int Status = 400)
{
    /// <summary>A field that must be there isn't.</summary>
    public const string MissingRequiredParameter = "missing_required_parameter";

    /// <summary>A field has the wrong type or is outside its range, or the body is not JSON.</summary>
    public const string InvalidValue = "invalid_value";

    /// <summary>A field asks for something that would change the answer's meaning if it were ignored, and that no worker can do.</summary>
    public const string UnsupportedParameter = "unsupported_parameter";

    /// <summary>The prompt leaves no room for an answer, or an input is longer than the model takes.</summary>
    public const string ContextLengthExceeded = "context_length_exceeded";

    /// <summary>The model is for something else: it chats, or it makes embeddings.</summary>
    public const string UnsupportedModel = "unsupported_model";
}
