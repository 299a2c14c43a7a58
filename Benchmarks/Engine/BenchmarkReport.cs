namespace CocoonOrleans.Benchmarks.Engine;

/// <summary>All of one run. Trust the ratios: both sides of each ran alternately under the same load.</summary>
/// <param name="Machine">Where.</param>
/// <param name="Threads">Threads of each side.</param>
/// <param name="Ratios">The comparisons.</param>
/// <param name="Notes">What to know about them.</param>
public sealed record BenchmarkReport(BenchmarkMachine Machine, int Threads, IReadOnlyList<BenchmarkRatio> Ratios, IReadOnlyList<string> Notes)
{
    /// <summary>Where the time of a step goes; empty where that was not measured.</summary>
    public IReadOnlyList<ProfilePart> Profile { get; init; } = [];
}
