namespace CocoonOrleans.HouseModel.Text.Skills;

/// <summary>Spells a word, or gives its letters from the last to the first: <c>r-i-v-e-r</c>.</summary>
public sealed class Letters(Noise noise, bool backwards) : ISkill
{
    private readonly Wordings _wordings = WordingFile.Wordings(backwards ? "reversing" : "spelling");

    /// <inheritdoc/>
    public string Name => backwards ? "reversing" : "spelling";

    /// <inheritdoc/>
    public int Weight => backwards ? 17 : 9;

    /// <inheritdoc/>
    public Turn Next(Dice dice, Draw draw)
    {
        var word = Slots.Operand(draw, () => WordList.AnyWord(dice), word => word);
        var quoted = dice.Chance(25) ? dice.Pick(["\"{w}\"", "'{w}'"]) : "{w}";
        var text = noise.Apply(dice, _wordings.Pick(dice, draw.HeldOutWordings), framed: true);
        return new Turn(Name, Slots.Fill(text, ("w", quoted), ("w", word)), string.Join('-', backwards ? word.Reverse() : word));
    }
}
