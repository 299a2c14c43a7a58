using System.Globalization;

namespace CocoonOrleans.Benchmarks.Market;

/// <summary>How much is measured, and where plots go.</summary>
/// <param name="Pairs">Seeds of the simulation, and rounds of the measurements.</param>
/// <param name="Plots">A folder for the plots; null for none.</param>
internal sealed record MarketBenchmarkOptions(int Pairs, string? Plots)
{
    /// <summary>Reads <c>--pairs N</c> and <c>--plots DIR</c>.</summary>
    /// <exception cref="ArgumentException">Something else, or out of range.</exception>
    public static MarketBenchmarkOptions Parse(string[] args)
    {
        var options = new MarketBenchmarkOptions(4, null);
        for (int i = 0; i < args.Length; i += 2)
        {
            options = (args[i], i + 1 < args.Length ? args[i + 1] : null) switch
            {
                ("--pairs", { } count) when int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int pairs) && pairs is > 0 and <= 100 => options with { Pairs = pairs },
                ("--plots", { Length: > 0 } folder) => options with { Plots = folder },
                _ => throw new ArgumentException($"{args[i]} is not --pairs with a whole number from 1, or --plots with a folder"),
            };
        }

        return options;
    }
}
