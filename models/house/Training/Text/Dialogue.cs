using CocoonOrleans.HouseModel.Text.Tools;

namespace CocoonOrleans.HouseModel.Text;

/// <summary>A system message (or none) and one or more turns.</summary>
public sealed record Dialogue(string? System, IReadOnlyList<Turn> Turns)
{
    /// <summary>Functions that the model may call.</summary>
    public IReadOnlyList<Tool> Tools { get; init; } = [];
}
