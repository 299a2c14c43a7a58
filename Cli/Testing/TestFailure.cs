namespace CocoonOrleans.Cli.Testing;

/// <summary>A test that failed.</summary>
/// <param name="Test">Its full name.</param>
/// <param name="Message">What went wrong.</param>
/// <param name="StackTrace">Where: the frames of our own code. May be empty.</param>
public sealed record TestFailure(string Test, string Message, string StackTrace);
