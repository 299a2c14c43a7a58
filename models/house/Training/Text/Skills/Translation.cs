namespace CocoonOrleans.HouseModel.Text.Skills;

/// <summary>One English word of our dictionary in one of five languages. Facts: only the wording can be held out.</summary>
public sealed class Translation(Noise noise) : ISkill
{
    private readonly Wordings _wordings = WordingFile.Wordings("translation");
    private readonly Wordings _followUps = WordingFile.Wordings("followups");

    /// <inheritdoc/>
    public string Name => "translation";

    /// <inheritdoc/>
    public int Weight => 15;

    /// <inheritdoc/>
    public Turn Next(Dice dice, Draw draw)
    {
        var row = dice.Pick(WordList.Dictionary);
        return Ask(dice, row, noise.Apply(dice, _wordings.Pick(dice, draw.HeldOutWordings), framed: true));
    }

    /// <summary>A first question and one that leans on it ("and in German?"), about the same word.</summary>
    public (Turn First, Turn FollowUp) NextPair(Dice dice, Draw draw)
    {
        var row = dice.Pick(WordList.Dictionary);
        var first = Ask(dice, row, noise.Apply(dice, _wordings.Pick(dice, heldOut: false), framed: true));
        return (first, Ask(dice, row, noise.Apply(dice, _followUps.Pick(dice, draw.HeldOutWordings), framed: false)));
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
