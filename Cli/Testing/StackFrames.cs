namespace CocoonOrleans.Cli.Testing;

/// <summary>The part of a stack trace that is ours: what the test runner and the platform do around a failure says nothing about it.</summary>
internal static class StackFrames
{
    private static readonly string[] Foreign = ["at Microsoft.", "at System.", "at Xunit.", "at xunit.", "at InvokeStub_", "at Orleans.", "--- End of stack trace"];

    /// <summary>Leaves the foreign frames out, unless all of them are foreign.</summary>
    /// <param name="stackTrace">A stack trace, one frame a line.</param>
    public static string Ours(string stackTrace)
    {
        string[] lines = stackTrace.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        string[] ours = [.. lines.Where(line => !Foreign.Any(start => line.StartsWith(start, StringComparison.Ordinal)))];
        return string.Join('\n', ours.Length > 0 ? ours : lines);
    }
}
