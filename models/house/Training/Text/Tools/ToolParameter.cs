namespace CocoonOrleans.HouseModel.Text.Tools;

/// <summary>A parameter of a function.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its JSON type.</param>
/// <param name="Choices">The values it may have; empty for any.</param>
/// <param name="IsRequired">Whether every call must give it.</param>
public sealed record ToolParameter(string Name, string Type, IReadOnlyList<string> Choices, bool IsRequired)
{
    /// <summary>As the prompt shows it: <c>city: string</c>, <c>unit?: celsius|fahrenheit</c>.</summary>
    public override string ToString() => $"{Name}{(IsRequired ? "" : "?")}: {(Choices.Count > 0 ? string.Join('|', Choices) : Type)}";
}
