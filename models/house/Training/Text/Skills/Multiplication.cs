namespace CocoonOrleans.HouseModel.Text.Skills;

/// <summary>Products of a digit and a number from 0 to 99, in either order, worked in two steps: <c>7*8=56, 7*3+5=26: 266</c>.</summary>
public sealed class Multiplication(Noise noise) : ISkill
{
    private readonly Wordings _wordings = WordingFile.Wordings("multiplication");
    private readonly IReadOnlyList<string> _things = WordingFile.Words("things");

    /// <inheritdoc/>
    public string Name => "multiplication";

    /// <inheritdoc/>
    public int Weight => 12;

    /// <summary>The steps, then the product after the colon.</summary>
    /// <param name="a">One factor; it or <paramref name="b"/> is below ten.</param>
    /// <param name="b">The other.</param>
    public static string Answer(int a, int b)
    {
        var (digit, number) = a < 10 ? (a, b) : (b, a);
        var ones = digit * (number % 10);
        return $"{digit}*{number % 10}={ones}, {digit}*{number / 10}+{ones / 10}={(digit * (number / 10)) + (ones / 10)}: {a * b}";
    }

    /// <inheritdoc/>
    public Turn Next(Dice dice, Draw draw)
    {
        var (a, b) = Slots.Operand(draw, () => dice.Chance(50) ? (dice.Next(10), dice.Next(100)) : (dice.Next(100), dice.Next(10)), pair => $"{pair.Item1}*{pair.Item2}");
        var text = noise.Apply(dice, _wordings.Pick(dice, draw.HeldOutWordings), framed: true);
        return new Turn(Name, Slots.Fill(text, ("a", $"{a}"), ("b", $"{b}"), ("things", dice.Pick(_things)), ("name", Slots.Name(dice, draw))), Answer(a, b));
    }
}
