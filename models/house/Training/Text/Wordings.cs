namespace CocoonOrleans.HouseModel.Text;

/// <summary>The wordings of one thing to ask. Every tenth (at least one) is held out: training never sees it.</summary>
public sealed class Wordings
{
    private const int OneIn = 10;

    /// <param name="sources">Wordings in the language of <see cref="Grammar"/>, at least two.</param>
    public Wordings(IEnumerable<string> sources)
    {
        var all = sources.Select(Grammar.Parse).ToArray();
        var last = Math.Min(OneIn, all.Length) - 1;
        Known = [.. all.Where((_, i) => i % OneIn != last)];
        Held = [.. all.Where((_, i) => i % OneIn == last)];
    }

    /// <summary>Wordings that training sees.</summary>
    public IReadOnlyList<Grammar> Known { get; }

    /// <summary>Wordings that training never sees.</summary>
    public IReadOnlyList<Grammar> Held { get; }

    /// <summary>One wording, with its alternatives chosen and its slots still open.</summary>
    public string Pick(Dice dice, bool heldOut) => dice.Pick(heldOut ? Held : Known).Expand(dice);
}
