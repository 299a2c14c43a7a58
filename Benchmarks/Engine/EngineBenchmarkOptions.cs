using System.Globalization;

namespace CocoonOrleans.Benchmarks.Engine;

/// <summary>How much is measured.</summary>
/// <param name="Threads">Threads for both sides.</param>
/// <param name="Pairs">How often each pair of runs is repeated.</param>
public sealed record EngineBenchmarkOptions(int Threads, int Pairs)
{
    private const int DefaultPairs = 6;
    private const int MostPairs = 100;

    /// <summary>Reads <c>--threads N</c> and <c>--pairs N</c>. By default: two threads, or one where there is one core, and six pairs.</summary>
    /// <exception cref="ArgumentException">Something else, or out of range.</exception>
    public static EngineBenchmarkOptions Parse(string[] args)
    {
        var options = new EngineBenchmarkOptions(Math.Min(2, Environment.ProcessorCount), DefaultPairs);
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length && int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
            options = args[i] switch
            {
                "--threads" when value is > 0 and <= 256 => options with { Threads = value },
                "--pairs" when value is > 0 and <= MostPairs => options with { Pairs = value },
                _ => throw new ArgumentException($"{args[i]} is not --threads or --pairs with a whole number from 1"),
            };
        }

        return options;
    }
}
