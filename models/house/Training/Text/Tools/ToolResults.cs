using System.Globalization;
using CocoonOrleans.HouseModel.Text.Skills;

namespace CocoonOrleans.HouseModel.Text.Tools;

/// <summary>What functions return, and the sentence that says it: flat JSON objects, short texts, errors.</summary>
public sealed class ToolResults
{
    private const int MostMembers = 4;
    private readonly IReadOnlyList<string> _keys = WordingFile.Words("result-keys");
    private readonly IReadOnlyList<string> _words = WordingFile.Words("result-words");
    private readonly Wordings _texts = WordingFile.Wordings("result-texts");
    private readonly Wordings _errors = WordingFile.Wordings("result-errors");

    /// <summary>Results of some calls and the one answer to them.</summary>
    public Turn Next(Dice dice, Draw draw, int calls)
    {
        if (calls == 1 && dice.Chance(15))
        {
            var error = Fill(dice, draw, _errors.Pick(dice, draw.HeldOutWordings));
            var text = dice.Next(3) switch { 0 => $"Error: {error}", 1 => $"{{\"error\":\"{error}\"}}", _ => $"{{\"error\": \"{error}\"}}" };
            return new Turn(ToolUse.Answering, "", $"That did not work: {error}.") { Results = [text] };
        }

        var results = Enumerable.Range(0, calls).Select(_ => dice.Chance(70) ? Object(dice, draw) : Text(dice, draw)).ToArray();
        return new Turn(ToolUse.Answering, "", $"Here is what I found: {string.Join("; ", results.Select(result => result.Said))}.") { Results = [.. results.Select(result => result.Returned)] };
    }

    private static string Fill(Dice dice, Draw draw, string text) => Slots.Fill(text,
        ("n", $"{1 + dice.Next(99)}"), ("big", $"{100 + dice.Next(9_900)}"), ("person", Slots.Name(dice, draw)), ("person2", Slots.Name(dice, draw)));

    private (string Returned, string Said) Text(Dice dice, Draw draw)
    {
        var text = Fill(dice, draw, _texts.Pick(dice, draw.HeldOutWordings));
        return (dice.Chance(20) ? $"\"{text}\"" : text, text);
    }

    private (string Returned, string Said) Object(Dice dice, Draw draw)
    {
        var members = Enumerable.Range(0, 1 + dice.Next(MostMembers)).Select(_ => (Key: dice.Pick(_keys), Value: Value(dice, draw))).DistinctBy(member => member.Key).ToArray();
        var (colon, comma) = dice.Chance(70) ? (":", ",") : (": ", ", ");
        return ($"{{{string.Join(comma, members.Select(member => $"\"{member.Key}\"{colon}{member.Value.Json}"))}}}",
            string.Join(", ", members.Select(member => $"{member.Key} {member.Value.Text}")));
    }

    private SlotValue Value(Dice dice, Draw draw) => dice.Next(10) switch
    {
        < 3 => Number(dice.Next(dice.Chance(50) ? 100 : 10_000)),
        3 => Number(-1 - dice.Next(40)),
        4 => SlotValue.Next("amount", dice, draw),
        5 => dice.Chance(50) ? new SlotValue("true", "true") : new SlotValue("false", "false"),
        < 8 => SlotValue.OfText(dice.Pick(_words)),
        _ => SlotValue.OfText(Slots.Name(dice, draw)),
    };

    private static SlotValue Number(int number)
    {
        var text = number.ToString(CultureInfo.InvariantCulture);
        return new SlotValue(text, text);
    }
}
