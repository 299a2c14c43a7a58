namespace CocoonOrleans.HouseModel.Text.Tools;

/// <summary>The functions of a dialogue, each with the family it is of; null for invented ones.</summary>
public sealed record ToolSet(IReadOnlyList<(Tool Tool, ToolFamily? Family)> Tools);
