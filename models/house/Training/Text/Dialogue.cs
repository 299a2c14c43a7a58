namespace CocoonOrleans.HouseModel.Text;

/// <summary>A system message (or none) and one to three turns.</summary>
public sealed record Dialogue(string? System, IReadOnlyList<Turn> Turns);
