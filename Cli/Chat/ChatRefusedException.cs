namespace CocoonOrleans.Cli.Chat;

/// <summary>The gateway refused a request, or its answer broke off, with a typed error.</summary>
/// <param name="status">The HTTP status; 200 where the answer had begun.</param>
/// <param name="code">The error's code, for example <c>insufficient_balance</c>; null where it has none.</param>
/// <param name="message">What the gateway says.</param>
public sealed class ChatRefusedException(int status, string? code, string message) : Exception(message)
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>The error's code.</summary>
    public string? Code { get; } = code;
}
