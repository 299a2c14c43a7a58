using CocoonOrleans.HouseModel.Text.Skills;
using CocoonOrleans.HouseModel.Text.Tools;

namespace CocoonOrleans.HouseModel.Text;

/// <summary>Makes all text that the model ever sees. Thread-safe; the dice alone decide what comes out.</summary>
public sealed class Generator
{
    private const int MostTurns = 3;
    private const int PercentDeclined = 32;
    private const int PercentMissing = 35;
    private readonly TextMix _mix;
    private readonly Translation _translation;
    private readonly Multiplication _multiplication;
    private readonly Refusal _refusal;
    private readonly ToolUse _tools;
    private readonly Wordings _systems = WordingFile.Wordings("systems");
    private readonly int[] _drawn;
    private readonly int[] _drawnBesideTools;

    /// <summary>Reads the lists.</summary>
    /// <param name="mix">How much of what.</param>
    /// <param name="withSlips">Whether some questions have a slip of the finger in them.</param>
    public Generator(TextMix mix, bool withSlips = true)
    {
        _mix = mix;
        var noise = new Noise(withSlips);
        _translation = new Translation(noise, mix);
        _multiplication = new Multiplication(noise);
        _refusal = new Refusal(noise);
        _tools = new ToolUse(noise);
        Skills =
        [
            new SmallTalk(noise), new Facts(noise), new Addition(noise), new Subtraction(noise), _multiplication, _translation, new Letters(noise, backwards: false),
            new Letters(noise, backwards: true), new JsonExtraction(noise), new FieldExtraction(noise), new Summary(noise), new Repeating(noise), _refusal,
        ];
        // With tools there are none of these: a tool may be there that translates or multiplies, and most of what is refused is what some tool does.
        _drawnBesideTools = [.. Enumerable.Range(0, Skills.Count).Where(i => Skills[i] != _translation && Skills[i] != _multiplication && Skills[i] != _refusal)
            .SelectMany(i => Enumerable.Repeat(i, WeightOf(Skills[i])))];
        _drawn = [.. Skills.SelectMany((skill, i) => Enumerable.Repeat(i, WeightOf(skill)))];
    }

    /// <summary>All skills, in the order of the table.</summary>
    public IReadOnlyList<ISkill> Skills { get; }

    /// <summary>One dialogue for training: half of them with a system message, some with tools, one to three turns, some of which lean on the turn before.</summary>
    public Dialogue Next(Dice dice)
    {
        if (dice.Chance(_mix.PercentWithTools))
        {
            return NextWithTools(dice);
        }

        var turns = new List<Turn>();
        var count = 1 + dice.Next(MostTurns);
        while (turns.Count < count)
        {
            var skill = Skills[dice.Pick(_drawn)];
            if (skill == _translation && turns.Count + 2 <= count)
            {
                var (first, followUp) = _translation.NextPair(dice, Draw.Training);
                turns.AddRange([first, followUp]);
            }
            else
            {
                turns.Add(skill.Next(dice, Draw.Training));
            }
        }

        return new Dialogue(SystemMessage(dice, Draw.Training), turns);
    }

    /// <summary>One question of one skill for a test, under the same share of system messages.</summary>
    public Dialogue NextTest(ISkill skill, Dice dice, Draw draw) => new(SystemMessage(dice, draw), [skill.Next(dice, draw)]);

    /// <summary>A translation and a question that leans on it; only the second answer counts in a test.</summary>
    public Dialogue NextFollowUp(Dice dice, Draw draw)
    {
        var (first, followUp) = _translation.NextPair(dice, draw);
        return new Dialogue(SystemMessage(dice, draw), [first, followUp]);
    }

    /// <summary>A question that one of the functions answers.</summary>
    public Dialogue NextCall(Dice dice, Draw draw)
    {
        var tools = _tools.NextTools(dice, draw);
        return new Dialogue(SystemMessage(dice, draw), [_tools.NextCall(dice, draw, tools)]) { Tools = List(tools) };
    }

    /// <summary>A function's result behind its call; only the answer to it counts in a test.</summary>
    public Dialogue NextResult(Dice dice, Draw draw)
    {
        var tools = _tools.NextTools(dice, draw);
        var call = _tools.NextCall(dice, draw, tools);
        return new Dialogue(SystemMessage(dice, draw), [call, _tools.NextResult(dice, draw, call)]) { Tools = List(tools) };
    }

    /// <summary>A question with functions at hand of which none helps.</summary>
    public Dialogue NextWithoutCall(Dice dice, Draw draw)
    {
        var tools = _tools.NextTools(dice, draw);
        return new Dialogue(SystemMessage(dice, draw), [NextWithoutCall(dice, draw, tools)]) { Tools = List(tools) };
    }

    private int WeightOf(ISkill skill) => _mix.Weights.GetValueOrDefault(skill.Name, skill.Weight);

    private static IReadOnlyList<Tool> List(ToolSet set) => [.. set.Tools.Select(tool => tool.Tool)];

    private Turn NextWithoutCall(Dice dice, Draw draw, ToolSet tools) =>
        dice.Chance(PercentMissing) ? _tools.NextMissing(dice, draw, tools) : Skills[dice.Pick(_drawnBesideTools)].Next(dice, draw);

    private Dialogue NextWithTools(Dice dice)
    {
        var tools = _tools.NextTools(dice, Draw.Training);
        var turns = new List<Turn>();
        for (var count = 1 + dice.Next(2); count > 0; count--)
        {
            if (dice.Chance(PercentDeclined))
            {
                turns.Add(NextWithoutCall(dice, Draw.Training, tools));
                continue;
            }

            turns.Add(_tools.NextCall(dice, Draw.Training, tools));
            if (count > 1 || dice.Chance(75))
            {
                turns.Add(_tools.NextResult(dice, Draw.Training, turns[^1]));
            }
        }

        return new Dialogue(SystemMessage(dice, Draw.Training), turns) { Tools = List(tools) };
    }

    private string? SystemMessage(Dice dice, Draw draw) => dice.Chance(50)
        ? Slots.Fill(_systems.Pick(dice, draw.HeldOutWordings), ("name", Slots.Name(dice, draw)), ("city", Slots.Name(dice, draw)))
        : null;
}
