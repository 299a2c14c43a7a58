namespace CocoonOrleans.HouseModel.Text;

/// <summary>One question and the one right answer to it, which is a function of the question (and, for some, of what stands before it).</summary>
public sealed record Turn(string Skill, string User, string Answer)
{
    /// <summary>What functions returned, where that is what is answered here and nobody asks (<see cref="User"/> is empty then): one text for each call.</summary>
    public IReadOnlyList<string> Results { get; init; } = [];
}
