namespace CocoonOrleans.Gateway.Errors;

/// <summary>One kind of error that a client may see.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Type">OpenAI's <c>type</c>.</param>
/// <param name="Code">OpenAI's <c>code</c>; null where there is none.</param>
/// <param name="Remedy">What a person can do about it.</param>
public sealed record ErrorKind(int Status, string Type, string? Code, string Remedy)
{
    /// <summary>
    /// Whether the same request may succeed later. Such an answer carries <c>Retry-After</c> and <c>retry-after-ms</c>: without them the official
    /// .NET client repeats within milliseconds.
    /// </summary>
    public bool IsRetryable => Status is 408 or 429 or >= 500 || Code == "idempotency_in_progress";

    /// <summary>Whether a client that repeats by itself must be told not to (<c>x-should-retry: false</c>): official clients repeat every 409.</summary>
    public bool IsFinal => Status == 409 && !IsRetryable;
}
