namespace CocoonOrleans.HouseModel.Evaluation;

/// <summary>How many answers of a skill are exactly right, of <see cref="Items"/> in each cell.</summary>
/// <param name="Skill">The skill's name.</param>
/// <param name="Items">Questions in a cell.</param>
/// <param name="NewOperands">Right on operands never seen, in wordings seen.</param>
/// <param name="NewWordings">Right on wordings never seen (and operands never seen).</param>
public sealed record Accuracy(string Skill, int Items, int NewOperands, int NewWordings);
