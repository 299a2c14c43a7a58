namespace CocoonOrleans.Benchmarks.Engine;

/// <summary>What one step of some took, in milliseconds.</summary>
/// <param name="Wall">Median wall time.</param>
/// <param name="Cpu">Mean processor time, all threads together.</param>
public sealed record StepTimes(double Wall, double Cpu)
{
    /// <summary>From the wall times of some steps and the processor time of all of them.</summary>
    public static StepTimes Of(IReadOnlyList<double> wall, double cpu) => new(Median(wall), cpu / wall.Count);

    /// <summary>The middle one; of an even number the lower.</summary>
    public static double Median(IReadOnlyList<double> values) => values.Order().ElementAt((values.Count - 1) / 2);
}
