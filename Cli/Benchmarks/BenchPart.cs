namespace CocoonOrleans.Cli.Benchmarks;

/// <summary>One part of what a step does.</summary>
/// <param name="Name">Which step, and which part.</param>
/// <param name="Milliseconds">Median wall time.</param>
/// <param name="Share">Its share of all parts, 0 to 1.</param>
/// <param name="GigabytesPerSecond">How fast a step for one row reads the part's weights; null where it reads none, and for many rows.</param>
/// <param name="GigaoperationsPerSecond">How fast many rows are multiplied, a multiplication and an addition being two; null where nothing is, and for one row.</param>
public sealed record BenchPart(string Name, double Milliseconds, double Share, double? GigabytesPerSecond, double? GigaoperationsPerSecond);
