namespace CocoonOrleans.HouseModel.Text.Skills;

/// <summary>
/// A word of our dictionary in another of its six languages; between two that aren't English with the English word before it. Facts: only the wording can be held out.
/// </summary>
public sealed class Translation(Noise noise, TextMix mix) : ISkill
{
    private const string English = "English";
    private readonly Wordings _wordings = WordingFile.Wordings("translation");
    private readonly Wordings _between = WordingFile.Wordings("translation-between");
    private readonly Wordings _followUps = WordingFile.Wordings("followups");

    /// <inheritdoc/>
    public string Name => "translation";

    /// <inheritdoc/>
    public int Weight => 24;

    /// <inheritdoc/>
    public Turn Next(Dice dice, Draw draw)
    {
        var row = dice.Pick(WordList.Dictionary);
        if (dice.Chance(mix.PercentBetween))
        {
            return AskBetween(dice, draw, row);
        }

        return Ask(dice, row, noise.Apply(dice, _wordings.Pick(dice, draw.HeldOutWordings), framed: true));
    }

    /// <summary>A first question and one that leans on it ("and in German?"), about the same word.</summary>
    public (Turn First, Turn FollowUp) NextPair(Dice dice, Draw draw)
    {
        var row = dice.Pick(WordList.Dictionary);
        var first = Ask(dice, row, noise.Apply(dice, _wordings.Pick(dice, heldOut: false), framed: true));
        return (first, Ask(dice, row, noise.Apply(dice, _followUps.Pick(dice, draw.HeldOutWordings), framed: false)));
    }

    /// <summary>From any of the languages, which is named, to any other.</summary>
    private Turn AskBetween(Dice dice, Draw draw, string[] row)
    {
        var (from, to) = (dice.Next(row.Length), dice.Next(row.Length - 1));
        to += to >= from ? 1 : 0;
        string Name(int language)
        {
            var name = language == 0 ? English : WordList.Languages[language - 1];
            return dice.Chance(12) ? name.ToLowerInvariant() : name;
        }

        var text = noise.Apply(dice, _between.Pick(dice, draw.HeldOutWordings), framed: true);
        var quoted = dice.Chance(20) ? dice.Pick(["\"{w}\"", "'{w}'"]) : "{w}";
        // The equals sign keeps the word behind it one token: with a space before it, it would be spelt.
        var answer = mix.ThroughEnglish && from != 0 && to != 0 ? $"{row[0]}={row[to]}" : row[to];
        return new Turn(this.Name, Slots.Fill(text, ("w", quoted), ("w", row[from]), ("k", Name(from)), ("l", Name(to))), answer);
    }

    private Turn Ask(Dice dice, string[] row, string text)
    {
        var language = dice.Next(WordList.Languages.Count);
        var name = dice.Chance(12) ? WordList.Languages[language].ToLowerInvariant() : WordList.Languages[language];
        var word = dice.Chance(8) ? WordList.Capitalise(row[0]) : row[0];
        var quoted = dice.Chance(20) ? dice.Pick(["\"{w}\"", "'{w}'"]) : "{w}";
        return new Turn(Name, Slots.Fill(text, ("w", quoted), ("w", word), ("l", name)), row[language + 1]);
    }
}
