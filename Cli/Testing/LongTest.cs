namespace CocoonOrleans.Cli.Testing;

/// <summary>A test that ran in its long form, with what it printed: the numbers that are kept.</summary>
/// <param name="Test">Its full name.</param>
/// <param name="Passed">Whether it passed.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Output">What it printed, a line each.</param>
public sealed record LongTest(string Test, bool Passed, double Seconds, IReadOnlyList<string> Output);
