namespace CocoonOrleans.Cli.Terminal;

/// <summary>A command can't go on: what happened, and what the person at the terminal can do about it.</summary>
/// <param name="message">What happened, in one sentence.</param>
/// <param name="fix">What to do next, in one sentence; often a command.</param>
/// <param name="details">Lines that help to find the cause, for example the end of a log. May be empty.</param>
/// <param name="innerException">The fault beneath, where there is one.</param>
public sealed class CommandFailedException(
    string message, string fix, IReadOnlyList<string>? details = null, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>What to do next.</summary>
    public string Fix { get; } = fix;

    /// <summary>Lines that help to find the cause.</summary>
    public IReadOnlyList<string> Details { get; } = details ?? [];
}
