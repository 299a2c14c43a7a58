namespace CocoonOrleans.HouseModel.Text.Skills;

/// <summary>
/// Differences of numbers from 0 to 99, worked in two steps: <c>11-8=3, 9-3-1=5: 53</c>. Below zero, the steps are those of the numbers the other way round.
/// </summary>
public sealed class Subtraction(Noise noise) : ISkill
{
    private readonly Wordings _wordings = WordingFile.Wordings("subtraction");
    private readonly IReadOnlyList<string> _things = WordingFile.Words("things");

    /// <inheritdoc/>
    public string Name => "subtraction";

    /// <inheritdoc/>
    public int Weight => 13;

    /// <summary>The steps, then the difference after the colon.</summary>
    public static string Answer(int a, int b)
    {
        if (a < b)
        {
            return Answer(b, a).Replace(": ", ": -", StringComparison.Ordinal);
        }

        var borrow = a % 10 < b % 10 ? 1 : 0;
        var ones = (a % 10) + (10 * borrow);
        return $"{ones}-{b % 10}={ones - (b % 10)}, {a / 10}-{b / 10}-{borrow}={(a / 10) - (b / 10) - borrow}: {a - b}";
    }

    /// <inheritdoc/>
    public Turn Next(Dice dice, Draw draw)
    {
        var wording = _wordings.Pick(dice, draw.HeldOutWordings);
        // Nobody eats more apples than there are.
        var mayBeNegative = !wording.Contains("{things}", StringComparison.Ordinal) && dice.Chance(30);
        var (x, y) = Slots.Operand(draw, () => Ordered(dice.Next(100), dice.Next(100), mayBeNegative), pair => $"{pair.Item1}-{pair.Item2}");
        var text = noise.Apply(dice, wording, framed: true);
        return new Turn(Name, Slots.Fill(text, ("a", $"{x}"), ("b", $"{y}"), ("things", dice.Pick(_things)), ("name", Slots.Name(dice, draw))), Answer(x, y));
    }

    private static (int, int) Ordered(int a, int b, bool mayBeNegative) => mayBeNegative ? (Math.Min(a, b), Math.Max(a, b)) : (Math.Max(a, b), Math.Min(a, b));
}
