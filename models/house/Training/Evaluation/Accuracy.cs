namespace CocoonOrleans.HouseModel.Evaluation;

/// <summary>How many answers of a skill are exactly right, of <see cref="Items"/> in each cell.</summary>
/// <param name="Skill">The skill's name.</param>
/// <param name="Items">Questions in a cell.</param>
/// <param name="NewOperands">Right on operands never seen, in wordings seen.</param>
/// <param name="NewWordings">Right on wordings never seen (and operands never seen).</param>
public sealed record Accuracy(string Skill, int Items, int NewOperands, int NewWordings)
{
    private const int LeastPercent = 90;

    /// <summary>Whether the card may name it as something that the model can do: nine in ten right on operands never seen.</summary>
    public bool IsClaimed => NewOperands * 100 >= LeastPercent * Items;
}
