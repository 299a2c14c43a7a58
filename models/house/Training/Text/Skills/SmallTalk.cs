namespace CocoonOrleans.HouseModel.Text.Skills;

/// <summary>Greetings, thanks, praise and the like, each kind with one answer.</summary>
public sealed class SmallTalk(Noise noise) : ISkill
{
    private readonly IReadOnlyList<AnswerWordings> _kinds = AnswerWordings.Read("smalltalk");

    /// <inheritdoc/>
    public string Name => "small talk";

    /// <inheritdoc/>
    public int Weight => 8;

    /// <inheritdoc/>
    public Turn Next(Dice dice, Draw draw)
    {
        var kind = dice.Pick(_kinds);
        var text = noise.Apply(dice, kind.Wordings.Pick(dice, draw.HeldOutWordings), framed: false);
        return new Turn(Name, Slots.Fill(text, ("name", Slots.Name(dice, draw)), ("city", Slots.Name(dice, draw))), kind.Answer);
    }
}
