namespace CocoonOrleans.Benchmarks.Market;

/// <summary>A seller, or several that ask as one, that learns by trying: of a few multiples of its cost it mostly asks the one that earned most lately, and now and then another (epsilon-greedy).</summary>
/// <param name="random">Its dice.</param>
internal sealed class AskLearning(Random random)
{
    private const double Curiosity = 0.1;
    private const double Weight = 0.2;

    private static readonly double[] Multiples = [1, 1.1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4];

    private readonly double?[] _earned = new double?[Multiples.Length];
    private int _now = random.Next(Multiples.Length);

    /// <summary>What it asks, as a multiple of its cost.</summary>
    public double Multiple => Multiples[_now];

    /// <summary>A period is over.</summary>
    /// <param name="profit">What it brought.</param>
    public void Learn(double profit)
    {
        _earned[_now] = _earned[_now] is { } known ? known + ((profit - known) * Weight) : profit;
        int untried = Array.FindIndex(_earned, static earned => earned is null);
        _now = untried >= 0 ? untried
            : random.NextDouble() < Curiosity ? random.Next(Multiples.Length)
            : Array.IndexOf(_earned, _earned.Max());
    }
}
