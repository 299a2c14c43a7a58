namespace CocoonOrleans.HouseModel.Text.Skills;

/// <summary>Questions outside all skills, of endless variety, with one answer that says so: a tiny model must not answer nonsense with confidence.</summary>
public sealed class Refusal(Noise noise) : ISkill
{
    /// <summary>The one answer.</summary>
    public const string Answer = "Sorry, I can't do that. Ask me what I can do.";

    private readonly Wordings _wordings = WordingFile.Wordings("refusals");
    private readonly IReadOnlyList<string> _topics = WordingFile.Words("topics");
    private readonly IReadOnlyList<string> _places = WordingFile.Words("places");

    /// <inheritdoc/>
    public string Name => "refusal";

    /// <inheritdoc/>
    public int Weight => 17;

    /// <inheritdoc/>
    public Turn Next(Dice dice, Draw draw)
    {
        var text = noise.Apply(dice, _wordings.Pick(dice, draw.HeldOutWordings), framed: true);
        while (text.Contains("{word}", StringComparison.Ordinal))
        {
            var at = text.IndexOf("{word}", StringComparison.Ordinal);
            text = text[..at] + Word(dice, draw) + text[(at + "{word}".Length)..];
        }

        return new Turn(Name, Slots.Fill(text,
            ("topic", Topic(dice, draw)), ("topic2", Topic(dice, draw)), ("place", Place(dice, draw)), ("nonword", Word(dice, draw)), ("name", Slots.Name(dice, draw)),
            ("year", $"{1000 + dice.Next(1100)}"), ("a", $"{2 + dice.Next(98)}"), ("b", $"{2 + dice.Next(98)}"), ("c", $"{11 + dice.Next(89)}"), ("d", $"{11 + dice.Next(89)}"), ("big", Large(dice)), ("big2", Large(dice))), Answer);
    }

    private static string Large(Dice dice) => $"{100 + dice.Next(dice.Chance(60) ? 900 : 90_000)}";

    /// <summary>A word that is in no list of ours: invented, now and then as a name.</summary>
    private static string Word(Dice dice, Draw draw) =>
        Slots.Operand(draw, () => dice.Chance(20) ? WordList.InventName(dice) : WordList.Invent(dice, 2 + dice.Next(2)), word => word);

    private string Topic(Dice dice, Draw draw) =>
        Slots.Operand(draw, () => dice.Chance(20) ? Word(dice, draw) : dice.Pick(_topics), topic => topic);

    private string Place(Dice dice, Draw draw) =>
        Slots.Operand(draw, () => dice.Chance(30) ? WordList.InventName(dice) : dice.Pick(_places), place => place);
}
