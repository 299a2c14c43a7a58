namespace CocoonOrleans.HouseModel.Text.Skills;

/// <summary>
/// Says a text again. Every token of its answers is a copy, which is what names, operands and arguments of calls need too: a model learns to copy much sooner
/// where whole answers are copies.
/// </summary>
public sealed class Repeating(Noise noise) : ISkill
{
    private const int MostWords = 10;
    private readonly Wordings _wordings = WordingFile.Wordings("repeating");

    /// <inheritdoc/>
    public string Name => "repeating";

    /// <inheritdoc/>
    public int Weight => 14;

    /// <inheritdoc/>
    public Turn Next(Dice dice, Draw draw)
    {
        var text = string.Join(' ', Enumerable.Range(0, 1 + dice.Next(MostWords)).Select(_ => Word(dice, draw)));
        return new Turn(Name, Slots.Fill(noise.Apply(dice, _wordings.Pick(dice, draw.HeldOutWordings), framed: true), ("t", text)), text);
    }

    private static string Word(Dice dice, Draw draw) => dice.Next(20) switch
    {
        < 8 => Slots.Operand(draw, () => WordList.Invent(dice, 1 + dice.Next(3)), word => word),
        < 12 => Slots.Name(dice, draw),
        < 15 => $"{dice.Next(dice.Chance(50) ? 100 : 10_000)}",
        _ => dice.Pick(WordList.Spelt),
    };
}
