namespace CocoonOrleans.HouseModel.Text;

/// <summary>From which half of the world a question is drawn.</summary>
/// <param name="HeldOutOperands">Operands that training never sees, instead of those it sees.</param>
/// <param name="HeldOutWordings">Wordings that training never sees, instead of those it sees.</param>
public readonly record struct Draw(bool HeldOutOperands, bool HeldOutWordings)
{
    /// <summary>What training draws.</summary>
    public static Draw Training => default;
}
