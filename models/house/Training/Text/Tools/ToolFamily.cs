using CocoonOrleans.HouseModel.Text.Skills;

namespace CocoonOrleans.HouseModel.Text.Tools;

/// <summary>Functions that do one thing under many names, and the ways to ask for it.</summary>
public sealed class ToolFamily
{
    private const string Constants = " => ";
    private readonly Grammar _names;
    private readonly Grammar _descriptions;
    private readonly IReadOnlyList<Slot> _slots;
    private readonly Wordings _wordings;

    /// <summary>Reads a block of the list of families.</summary>
    /// <param name="head">After the equals sign: <c>names : descriptions</c>, both in the language of <see cref="Grammar"/>.</param>
    /// <param name="lines">
    /// Parameters, required (<c>- names type slot</c>) or not (<c>? names type slot</c>), then wordings. A wording gives the parameters whose slots stand in it
    /// or behind its <c>=></c>. A type with a bar in it is a choice.
    /// </param>
    public ToolFamily(string head, IReadOnlyList<string> lines)
    {
        var parts = head.Split(" : ", 2);
        (_names, _descriptions) = (Grammar.Parse(parts[0]), Grammar.Parse(parts[1]));
        _slots = [.. lines.Where(IsSlot).Select(line => new Slot(line))];
        _wordings = new Wordings(lines.Where(line => !IsSlot(line)));
    }

    /// <summary>All families of the list.</summary>
    public static IReadOnlyList<ToolFamily> ReadAll()
    {
        var families = new List<ToolFamily>();
        var lines = WordingFile.Lines("tools");
        for (var start = 0; start < lines.Count;)
        {
            var end = start + 1;
            while (end < lines.Count && !lines[end].StartsWith("= ", StringComparison.Ordinal))
            {
                end++;
            }

            families.Add(new ToolFamily(lines[start][2..], [.. lines.Skip(start + 1).Take(end - start - 1)]));
            start = end;
        }

        return families;
    }

    /// <summary>One function of the family.</summary>
    /// <param name="dice">Chooses names.</param>
    /// <param name="suffixes">Sentences that authors add to descriptions.</param>
    public Tool NextTool(Dice dice, IReadOnlyList<string> suffixes)
    {
        var description = dice.Chance(20) ? null : _descriptions.Expand(dice) + (dice.Chance(50) ? "." : "") + (dice.Chance(12) ? " " + dice.Pick(suffixes) : "");
        return new Tool(_names.Expand(dice), description, [.. _slots.Select(slot => slot.Next(dice))]);
    }

    /// <summary>A question for this function, with the right calls.</summary>
    public ToolRequest Next(Dice dice, Draw draw, Noise noise, Tool tool)
    {
        var parts = _wordings.Pick(dice, draw.HeldOutWordings).Split(Constants);
        var twice = parts.Length == 1 && IsForOneName(parts[0]) && dice.Chance(15);
        var wording = noise.Apply(dice, parts[0], framed: true);
        if (!twice)
        {
            var (user, arguments) = Fill(dice, draw, wording, parts.Length == 2 ? parts[1] : "", tool);
            return new ToolRequest(tool, user, [tool.Call(arguments)]);
        }

        var slot = _slots.Single(slot => wording.Contains(slot.Mark, StringComparison.Ordinal));
        var (first, second) = (slot.Values(dice, draw), slot.Values(dice, draw));
        var name = tool.Parameters[_slots.ToList().IndexOf(slot)].Name;
        return new ToolRequest(tool, wording.Replace(slot.Mark, $"{first.Text} and {second.Text}", StringComparison.Ordinal),
            [.. new[] { first, second }.Select(value => tool.Call(new Dictionary<string, string> { [name] = value.Json }))]);
    }

    private static bool IsSlot(string line) => line[0] is '-' or '?' && line[1] == ' ';

    /// <summary>Whether nothing but one name or word of one required parameter fills the wording: then two may be asked for at once.</summary>
    private bool IsForOneName(string wording) =>
        _slots.Count(slot => slot.IsRequired) == 1 && _slots.Count(slot => wording.Contains(slot.Mark, StringComparison.Ordinal)) == 1
        && _slots.Any(slot => slot.IsRequired && slot.IsName && wording.Split(slot.Mark).Length == 2);

    private (string User, Dictionary<string, string> Arguments) Fill(Dice dice, Draw draw, string wording, string constants, Tool tool)
    {
        var arguments = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < _slots.Count; i++)
        {
            var (slot, name) = (_slots[i], tool.Parameters[i].Name);
            if (wording.Contains(slot.Mark, StringComparison.Ordinal))
            {
                var value = slot.Values(dice, draw);
                wording = value.PutInto(wording, slot.Mark);
                arguments[name] = value.Json;
            }
            else if (constants.StartsWith(slot.Name + "=", StringComparison.Ordinal))
            {
                var value = constants[(slot.Name.Length + 1)..];
                arguments[name] = slot.Type == "boolean" ? value : SlotValue.OfText(value).Json;
            }
        }

        return (wording, arguments);
    }

    private sealed class Slot
    {
        private readonly Grammar _names;

        public Slot(string line)
        {
            var parts = line.Split(' ');
            (IsRequired, _names, Type, Name) = (parts[0] == "-", Grammar.Parse(parts[1]), parts[2], parts[3]);
        }

        public bool IsRequired { get; }

        public string Type { get; }

        public string Name { get; }

        public string Mark => $"{{{Name}}}";

        public bool IsName => Name is "city" or "person" or "coin" or "topic" or "food" or "file";

        private string[] Choices => Type.Contains('|', StringComparison.Ordinal) ? Type.Split('|') : [];

        public ToolParameter Next(Dice dice) => new(_names.Expand(dice), Choices.Length > 0 ? "string" : Type, Choices, IsRequired);

        public SlotValue Values(Dice dice, Draw draw) => Choices.Length > 0 ? SlotValue.OfText(dice.Pick(Choices)) : SlotValue.Next(Name, dice, draw);
    }
}
