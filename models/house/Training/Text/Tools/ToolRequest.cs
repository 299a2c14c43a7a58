namespace CocoonOrleans.HouseModel.Text.Tools;

/// <summary>A question that one function answers.</summary>
/// <param name="Tool">The function.</param>
/// <param name="User">What the user says.</param>
/// <param name="Calls">The right calls, in order.</param>
public sealed record ToolRequest(Tool Tool, string User, IReadOnlyList<string> Calls);
