namespace CocoonOrleans.HouseModel.Text;

/// <summary>One question and the one right answer to it, which is a function of the question (and, for a follow-up, of the question before it).</summary>
public sealed record Turn(string Skill, string User, string Answer);
