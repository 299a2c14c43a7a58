namespace CocoonOrleans.HouseModel.Text.Skills;

/// <summary>One line out of a small generated report: who did what, and where.</summary>
public sealed class Summary(Noise noise) : ISkill
{
    private static readonly string[] Days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    private readonly Wordings _asks = WordingFile.Wordings("summary-asks");
    private readonly Wordings _texts = WordingFile.Wordings("summary-texts");
    private readonly IReadOnlyList<string> _jobs = WordingFile.Words("jobs");
    private readonly IReadOnlyList<string> _deeds = WordingFile.Lines("deeds");
    private readonly IReadOnlyList<string> _extras = WordingFile.Lines("extras");

    /// <inheritdoc/>
    public string Name => "summary";

    /// <inheritdoc/>
    public int Weight => 8;

    /// <inheritdoc/>
    public Turn Next(Dice dice, Draw draw)
    {
        var (name, city, job, deed) = (Slots.Name(dice, draw), Slots.Name(dice, draw), dice.Pick(_jobs), dice.Pick(_deeds));
        var text = Sentences.Capitalise(dice, noise.Apply(dice, _texts.Pick(dice, draw.HeldOutWordings), framed: false));
        text = Slots.Fill(text, ("extra", dice.Pick(_extras)), ("day", dice.Pick(Days)), ("job", job), ("deed", deed));
        var ask = noise.Apply(dice, _asks.Pick(dice, draw.HeldOutWordings), framed: true);
        return new Turn(Name, Slots.Fill(ask, ("t", text), ("name", name), ("city", city)), $"{name} the {job} {deed} in {city}.");
    }
}
