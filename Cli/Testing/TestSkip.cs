namespace CocoonOrleans.Cli.Testing;

/// <summary>A test that did not run.</summary>
/// <param name="Test">Its full name.</param>
/// <param name="Reason">Why: which input or hardware is absent.</param>
public sealed record TestSkip(string Test, string Reason);
