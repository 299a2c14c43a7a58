using System.Text.Json;

namespace CocoonOrleans.Cli.Benchmarks;

/// <summary>The JSON object of <c>cocoon bench</c>.</summary>
/// <param name="Machine">Processor, cores, kernels, huge pages, load before and after, time.</param>
/// <param name="Threads">Threads of each side.</param>
/// <param name="Ratios">The comparisons.</param>
/// <param name="Notes">What to know about them.</param>
public sealed record BenchReport(JsonElement Machine, int Threads, IReadOnlyList<BenchRatio> Ratios, IReadOnlyList<string> Notes)
{
    /// <summary>Where the time of a step goes; empty where that was not measured.</summary>
    public IReadOnlyList<BenchPart> Profile { get; init; } = [];
}
