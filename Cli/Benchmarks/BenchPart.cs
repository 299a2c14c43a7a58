namespace CocoonOrleans.Cli.Benchmarks;

/// <summary>One part of what a step does.</summary>
/// <param name="Name">Which step, and which part.</param>
/// <param name="Milliseconds">Median wall time.</param>
/// <param name="Megabytes">Weights that it reads; 0 for none.</param>
/// <param name="GigabytesPerSecond">How fast it reads them; null where it reads none.</param>
public sealed record BenchPart(string Name, double Milliseconds, double Megabytes, double? GigabytesPerSecond);
