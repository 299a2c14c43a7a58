namespace CocoonOrleans.HouseModel.Text.Skills;

/// <summary>Fills the slots of a wording, and draws what goes into them from the half of the world that is asked for.</summary>
public static class Slots
{
    /// <summary>Replaces every <c>{name}</c> by its value.</summary>
    public static string Fill(string wording, params ReadOnlySpan<(string Name, string Value)> values)
    {
        foreach (var (name, value) in values)
        {
            wording = wording.Replace($"{{{name}}}", value, StringComparison.Ordinal);
        }

        return wording;
    }

    /// <summary>Draws until the operand is of the set that <paramref name="draw"/> asks for.</summary>
    public static T Operand<T>(Draw draw, Func<T> make, Func<T, string> key)
    {
        while (true)
        {
            var operand = make();
            if (HeldOut.Contains(key(operand)) == draw.HeldOutOperands)
            {
                return operand;
            }
        }
    }

    /// <summary>An invented name of a person or a place, of the set that is asked for.</summary>
    public static string Name(Dice dice, Draw draw) => Operand(draw, () => WordList.InventName(dice), name => name);
}
