namespace CocoonOrleans.Cli.Terminal;

/// <summary>The JSON object of a command that failed.</summary>
/// <param name="Error">What happened.</param>
/// <param name="Fix">What to do next.</param>
/// <param name="Details">Lines that help to find the cause.</param>
public sealed record CommandFailure(string Error, string Fix, IReadOnlyList<string> Details)
{
    /// <summary>Always false: tells a failure from a result without the exit code.</summary>
    public bool Ok => false;
}
