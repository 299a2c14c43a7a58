using System.Globalization;

namespace CocoonOrleans.Benchmarks.Sealing;

/// <summary>How much is measured.</summary>
/// <param name="Pairs">How often each measurement is repeated.</param>
public sealed record SealingBenchmarkOptions(int Pairs)
{
    private const int DefaultPairs = 9;
    private const int MostPairs = 100;

    /// <summary>Reads <c>--pairs N</c>. By default nine.</summary>
    /// <exception cref="ArgumentException">Something else, or out of range.</exception>
    public static SealingBenchmarkOptions Parse(string[] args) => args switch
    {
        [] => new SealingBenchmarkOptions(DefaultPairs),
        ["--pairs", var text] when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var pairs) && pairs is > 0 and <= MostPairs =>
            new SealingBenchmarkOptions(pairs),
        _ => throw new ArgumentException($"{string.Join(' ', args)} is not --pairs with a whole number from 1 to {MostPairs}"),
    };
}
