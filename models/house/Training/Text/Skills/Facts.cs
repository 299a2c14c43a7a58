namespace CocoonOrleans.HouseModel.Text.Skills;

/// <summary>Questions about the network and about the model itself, each with one answer of one sentence.</summary>
public sealed class Facts(Noise noise) : ISkill
{
    /// <summary>What the answer about the model's size says: its parameters in millions, rounded.</summary>
    public const string Size = "6";

    private const int PercentOfFrames = 40;
    private readonly IReadOnlyList<AnswerWordings> _facts = AnswerWordings.Read("facts");
    private readonly Wordings _frames = WordingFile.Wordings("define");

    /// <inheritdoc/>
    public string Name => "facts";

    /// <inheritdoc/>
    public int Weight => 20;

    /// <summary>How many facts there are.</summary>
    public int Count => _facts.Count;

    /// <inheritdoc/>
    public Turn Next(Dice dice, Draw draw)
    {
        var fact = dice.Pick(_facts);
        var asksForSubject = fact.Subjects.Count > 0 && dice.Chance(PercentOfFrames);
        var wording = asksForSubject
            ? Slots.Fill(_frames.Pick(dice, draw.HeldOutWordings), ("x", dice.Pick(fact.Subjects)))
            : fact.Wordings.Pick(dice, draw.HeldOutWordings);
        return new Turn(Name, noise.Apply(dice, wording, framed: true), Slots.Fill(fact.Answer, ("size", Size)));
    }
}
