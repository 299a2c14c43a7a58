namespace CocoonOrleans.Benchmarks.Engine;

/// <summary>One comparison: how many times better than the other side, within one run.</summary>
/// <param name="Name">What was compared.</param>
/// <param name="Value">The median of all pairs: 1.2 means that ours takes 1/1.2 of the other's time.</param>
/// <param name="Target">What the design asks for; null where it asks for nothing.</param>
/// <param name="Holds">Whether the target is met; null without one.</param>
/// <param name="Lowest">The worst pair.</param>
/// <param name="Highest">The best pair.</param>
/// <param name="OursMilliseconds">Our median wall time.</param>
/// <param name="OtherMilliseconds">The other's.</param>
/// <param name="OursCpuMilliseconds">Our median processor time, all threads together.</param>
/// <param name="OtherCpuMilliseconds">The other's.</param>
public sealed record BenchmarkRatio(
    string Name,
    double Value,
    double? Target,
    bool? Holds,
    double Lowest,
    double Highest,
    double OursMilliseconds,
    double OtherMilliseconds,
    double OursCpuMilliseconds,
    double OtherCpuMilliseconds)
{
    /// <summary>From pairs of runs, by their wall time.</summary>
    public static BenchmarkRatio Of(string name, double? target, IReadOnlyList<(StepTimes Ours, StepTimes Other)> pairs) => Of(name, target, pairs, times => times.Wall);

    /// <summary>From pairs of runs, by their processor time: for work of one thread, where waiting for a busy machine says nothing.</summary>
    public static BenchmarkRatio OfCpu(string name, double? target, IReadOnlyList<(StepTimes Ours, StepTimes Other)> pairs) => Of(name, target, pairs, times => times.Cpu);

    private static BenchmarkRatio Of(string name, double? target, IReadOnlyList<(StepTimes Ours, StepTimes Other)> pairs, Func<StepTimes, double> measure)
    {
        double[] ratios = [.. pairs.Select(pair => measure(pair.Other) / measure(pair.Ours)).Order()];
        var value = StepTimes.Median(ratios);
        return new BenchmarkRatio(
            name,
            Round(value),
            target,
            target is null ? null : value >= target,
            Round(ratios[0]),
            Round(ratios[^1]),
            Round(StepTimes.Median([.. pairs.Select(pair => pair.Ours.Wall)])),
            Round(StepTimes.Median([.. pairs.Select(pair => pair.Other.Wall)])),
            Round(StepTimes.Median([.. pairs.Select(pair => pair.Ours.Cpu)])),
            Round(StepTimes.Median([.. pairs.Select(pair => pair.Other.Cpu)])));
    }

    // Three digits behind the point of a millisecond; of what takes microseconds six.
    private static double Round(double value) => Math.Round(value, value < 0.1 ? 6 : 3);
}
