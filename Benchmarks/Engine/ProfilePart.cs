namespace CocoonOrleans.Benchmarks.Engine;

/// <summary>Where the time of a step goes: one part of it, taken in the very steps that a ratio is made of.</summary>
/// <param name="Name">Which step, and which part.</param>
/// <param name="Milliseconds">Median wall time.</param>
/// <param name="Share">Its share of the sum of all parts.</param>
/// <param name="GigabytesPerSecond">How fast a step for one row reads the part's weights; null where it reads none, and for many rows.</param>
/// <param name="GigaoperationsPerSecond">How fast it computes for many rows, a multiplication and an addition being two; null where products are not what it does, and for one row.</param>
public sealed record ProfilePart(string Name, double Milliseconds, double Share, double? GigabytesPerSecond, double? GigaoperationsPerSecond);
