namespace CocoonOrleans.Cli.Benchmarks;

/// <summary>One comparison of a benchmark.</summary>
/// <param name="Name">What was compared.</param>
/// <param name="Value">How many times better ours is: the median of all pairs.</param>
/// <param name="Target">What is asked for; null for nothing.</param>
/// <param name="Holds">Whether that is met; null without a target.</param>
/// <param name="Lowest">The worst pair.</param>
/// <param name="Highest">The best pair.</param>
/// <param name="OursMilliseconds">Our median wall time.</param>
/// <param name="OtherMilliseconds">The other side's.</param>
/// <param name="OursCpuMilliseconds">Our median processor time, all threads together.</param>
/// <param name="OtherCpuMilliseconds">The other side's.</param>
public sealed record BenchRatio(
    string Name,
    double Value,
    double? Target,
    bool? Holds,
    double Lowest,
    double Highest,
    double OursMilliseconds,
    double OtherMilliseconds,
    double OursCpuMilliseconds,
    double OtherCpuMilliseconds);
