namespace CocoonOrleans.Benchmarks.Market;

/// <summary>What came of a market, over its second half.</summary>
/// <param name="Price">Mean price of a unit of work.</param>
/// <param name="Surplus">Of that, what the sellers had above their cost.</param>
/// <param name="Concentration">Sum of the squared shares of revenue (HHI): 0.05 where twenty earn alike.</param>
/// <param name="LargestShare">The largest share of the work that one seller had.</param>
/// <param name="P50">Median time from a job's coming to its end, in mean jobs.</param>
/// <param name="P99">The time that one of a hundred exceeds.</param>
/// <param name="Refused">The share of jobs for which no place was left in the queue.</param>
internal sealed record SimulationOutcome(double Price, double Surplus, double Concentration, double LargestShare, double P50, double P99, double Refused)
{
    /// <summary>The mean of several runs.</summary>
    public static SimulationOutcome Mean(IReadOnlyList<SimulationOutcome> runs) => new(
        runs.Average(static run => run.Price), runs.Average(static run => run.Surplus), runs.Average(static run => run.Concentration), runs.Max(static run => run.LargestShare),
        runs.Average(static run => run.P50), runs.Average(static run => run.P99), runs.Average(static run => run.Refused));
}
