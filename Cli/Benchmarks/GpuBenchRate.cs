namespace CocoonOrleans.Cli.Benchmarks;

/// <summary>How fast one thing was.</summary>
/// <param name="Name">What.</param>
/// <param name="MillisecondsPerStep">Median wall time of a step.</param>
/// <param name="TokensPerSecond">Tokens of all sequences together.</param>
/// <param name="ShareOfLimit">Weight bytes over measured bandwidth, over the time of a step, 0 to 1; null where that is no limit.</param>
public sealed record GpuBenchRate(string Name, double MillisecondsPerStep, double TokensPerSecond, double? ShareOfLimit);
