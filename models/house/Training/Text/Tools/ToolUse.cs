using CocoonOrleans.HouseModel.Text.Skills;

namespace CocoonOrleans.HouseModel.Text.Tools;

/// <summary>Dialogues in which functions may be called: which one, with what, and what to make of its result; and when none is to be called.</summary>
public sealed class ToolUse(Noise noise)
{
    /// <summary>A question that a function answers.</summary>
    public const string Calling = "tool call";

    /// <summary>What a function returned, put into words.</summary>
    public const string Answering = "tool result";

    /// <summary>A question that needs no function, or one that isn't there.</summary>
    public const string Declining = "no call";

    private const int MostTools = 4;
    private readonly IReadOnlyList<ToolFamily> _families = ToolFamily.ReadAll();
    private readonly Wordings _invented = WordingFile.Wordings("invented-tools");
    private readonly IReadOnlyList<string> _suffixes = WordingFile.Lines("tool-suffixes");
    private readonly ToolResults _results = new();

    /// <summary>Draws some functions, each of another family.</summary>
    public ToolSet NextTools(Dice dice, Draw draw)
    {
        var count = dice.Next(20) switch { < 7 => 1, < 13 => 2, < 17 => 3, _ => MostTools };
        var tools = new List<(Tool Tool, ToolFamily? Family)>();
        while (tools.Count < count)
        {
            var family = dice.Chance(15) ? null : dice.Pick(_families);
            if (family is null || tools.TrueForAll(tool => tool.Family != family))
            {
                var tool = family?.NextTool(dice, _suffixes) ?? Invent(dice, draw);
                if (tool.Parameters.DistinctBy(parameter => parameter.Name).Count() == tool.Parameters.Count && tools.TrueForAll(other => other.Tool.Name != tool.Name))
                {
                    tools.Add((tool, family));
                }
            }
        }

        return new ToolSet(tools);
    }

    /// <summary>A question for one of the functions.</summary>
    public Turn NextCall(Dice dice, Draw draw, ToolSet set)
    {
        var (tool, family) = dice.Pick(set.Tools);
        var request = family?.Next(dice, draw, noise, tool) ?? Ask(dice, draw, tool);
        return new Turn(Calling, request.User, string.Join('\n', request.Calls));
    }

    /// <summary>The results of a turn's calls and what the model makes of them.</summary>
    public Turn NextResult(Dice dice, Draw draw, Turn call) => _results.Next(dice, draw, call.Answer.Split("<tool_call>").Length - 1);

    /// <summary>A question that only a function that isn't among these would answer.</summary>
    public Turn NextMissing(Dice dice, Draw draw, ToolSet set)
    {
        while (true)
        {
            var family = dice.Pick(_families);
            if (!set.Tools.Any(tool => tool.Family == family))
            {
                return new Turn(Declining, family.Next(dice, draw, noise, family.NextTool(dice, _suffixes)).User, Refusal.Answer);
            }
        }
    }

    /// <summary>A function that nobody has heard of: its name and its parameter's are invented.</summary>
    private static Tool Invent(Dice dice, Draw draw)
    {
        string Word() => Slots.Operand(draw, () => WordList.Invent(dice, 1 + dice.Next(2)), word => word);
        var name = dice.Chance(60) ? $"{Word()}_{Word()}" : Word();
        return new Tool(name, dice.Chance(30) ? $"Does the {Word()}." : null, [new ToolParameter(Word(), dice.Chance(60) ? "string" : "integer", [], IsRequired: true)]);
    }

    private ToolRequest Ask(Dice dice, Draw draw, Tool tool)
    {
        var parameter = tool.Parameters[0];
        var value = SlotValue.Next(parameter.Type == "integer" ? "n" : dice.Chance(50) ? "person" : "topic", dice, draw);
        var text = noise.Apply(dice, _invented.Pick(dice, draw.HeldOutWordings), framed: true);
        return new ToolRequest(tool, Slots.Fill(text, ("tool", tool.Name), ("p", parameter.Name), ("value", value.Text)),
            [tool.Call(new Dictionary<string, string> { [parameter.Name] = value.Json })]);
    }
}
