namespace CocoonOrleans.Benchmarks.Engine;

/// <summary>Where the time of a decoder step goes: one part of it, in the run in which the step was measured too.</summary>
/// <param name="Name">Which step, and which part.</param>
/// <param name="Milliseconds">Median wall time.</param>
/// <param name="Megabytes">Weights that it reads; 0 for none.</param>
/// <param name="GigabytesPerSecond">How fast it reads them; null where it reads none.</param>
public sealed record ProfilePart(string Name, double Milliseconds, double Megabytes, double? GigabytesPerSecond)
{
    /// <summary>From the wall times of some runs.</summary>
    public static ProfilePart Of(string name, IReadOnlyList<double> milliseconds, long bytes)
    {
        var median = StepTimes.Median(milliseconds);
        return new ProfilePart(name, Math.Round(median, 3), Math.Round(bytes / 1e6, 1), bytes == 0 ? null : Math.Round(bytes / 1e6 / median, 1));
    }
}
