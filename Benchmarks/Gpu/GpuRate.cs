namespace CocoonOrleans.Benchmarks.Gpu;

/// <summary>How fast one thing was.</summary>
/// <param name="Name">What.</param>
/// <param name="MillisecondsPerStep">Median wall time of a step, the choice of the next tokens by the processor included.</param>
/// <param name="TokensPerSecond">Tokens of all sequences together.</param>
/// <param name="ShareOfLimit">The time in which the GPU reads all weights once, by the bandwidth measured in this run, over the time of a step; null where that is no limit.</param>
public sealed record GpuRate(string Name, double MillisecondsPerStep, double TokensPerSecond, double? ShareOfLimit);
