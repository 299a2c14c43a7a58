namespace CocoonOrleans.HouseModel.Text.Skills;

/// <summary>Sums of numbers from 0 to 99, worked in two steps: <c>7+8=15, 4+3+1=8: 85</c>.</summary>
public sealed class Addition(Noise noise) : ISkill
{
    private readonly Wordings _wordings = WordingFile.Wordings("addition");
    private readonly IReadOnlyList<string> _things = WordingFile.Words("things");

    /// <inheritdoc/>
    public string Name => "addition";

    /// <inheritdoc/>
    public int Weight => 13;

    /// <summary>The steps, then the sum after the colon.</summary>
    public static string Answer(int a, int b)
    {
        var ones = (a % 10) + (b % 10);
        var carry = ones / 10;
        return $"{a % 10}+{b % 10}={ones}, {a / 10}+{b / 10}+{carry}={(a / 10) + (b / 10) + carry}: {a + b}";
    }

    /// <summary>The operands as the set of held-out ones knows them: <c>12+34</c>. The order counts.</summary>
    public static string Key(int a, int b) => $"{a}+{b}";

    /// <inheritdoc/>
    public Turn Next(Dice dice, Draw draw)
    {
        var (a, b) = Slots.Operand(draw, () => (dice.Next(100), dice.Next(100)), pair => Key(pair.Item1, pair.Item2));
        var text = noise.Apply(dice, _wordings.Pick(dice, draw.HeldOutWordings), framed: true);
        return new Turn(Name, Slots.Fill(text, ("a", $"{a}"), ("b", $"{b}"), ("things", dice.Pick(_things)), ("name", Slots.Name(dice, draw))), Answer(a, b));
    }
}
