namespace CocoonOrleans.Gateway.Errors;

/// <summary>The id of one HTTP request, in the header <c>x-request-id</c> of every answer and in the log.</summary>
public static class RequestId
{
    /// <summary>The header.</summary>
    public const string Header = "x-request-id";

    private const int MaxLength = 128;

    /// <summary>The client's own id where it is 1 to 128 characters of a-z, A-Z, 0-9, '-', '_' and '.'; else a fresh one.</summary>
    public static string Of(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        string? sent = request.Headers[Header];
        return sent is { Length: > 0 and <= MaxLength } && sent.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? sent
            : $"req_{Guid.NewGuid():N}";
    }
}
