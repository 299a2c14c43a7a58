using CocoonOrleans.HouseModel.Text.Skills;

namespace CocoonOrleans.HouseModel.Text;

/// <summary>Makes all text that the model ever sees. Thread-safe; the dice alone decide what comes out.</summary>
public sealed class Generator
{
    private const int MostTurns = 3;
    private readonly Translation _translation;
    private readonly Wordings _systems = WordingFile.Wordings("systems");
    private readonly int[] _drawn;

    /// <summary>Reads the lists.</summary>
    /// <param name="withSlips">Whether some questions have a slip of the finger in them.</param>
    public Generator(bool withSlips = true)
    {
        var noise = new Noise(withSlips);
        _translation = new Translation(noise);
        Skills =
        [
            new SmallTalk(noise), new Facts(noise), new Addition(noise), new Subtraction(noise), _translation, new Letters(noise, backwards: false),
            new Letters(noise, backwards: true), new JsonExtraction(noise), new Summary(noise), new Refusal(noise),
        ];
        _drawn = [.. Skills.SelectMany((skill, i) => Enumerable.Repeat(i, skill.Weight))];
    }

    /// <summary>All skills, in the order of the table.</summary>
    public IReadOnlyList<ISkill> Skills { get; }

    /// <summary>One dialogue for training: half of them with a system message, one to three turns, some of which lean on the turn before.</summary>
    public Dialogue Next(Dice dice)
    {
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

    private string? SystemMessage(Dice dice, Draw draw) => dice.Chance(50)
        ? Slots.Fill(_systems.Pick(dice, draw.HeldOutWordings), ("name", Slots.Name(dice, draw)), ("city", Slots.Name(dice, draw)))
        : null;
}
