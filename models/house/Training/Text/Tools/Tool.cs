namespace CocoonOrleans.HouseModel.Text.Tools;

/// <summary>A function that the model may call.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it does; null where its author says nothing.</param>
/// <param name="Parameters">Its parameters, in order.</param>
public sealed record Tool(string Name, string? Description, IReadOnlyList<ToolParameter> Parameters)
{
    /// <summary>As the prompt shows it: <c>get_weather(city: string): Get the weather in a city</c>. The chat template writes the same from a JSON schema.</summary>
    public override string ToString() => $"{Name}({string.Join(", ", Parameters)}){(Description is null ? "" : ": " + Description)}";

    /// <summary>A call as the model writes it.</summary>
    /// <param name="arguments">Values in JSON, by the names of parameters; those without a value are left out.</param>
    public string Call(IReadOnlyDictionary<string, string> arguments)
    {
        var given = Parameters.Where(parameter => arguments.ContainsKey(parameter.Name)).Select(parameter => $"\"{parameter.Name}\": {arguments[parameter.Name]}");
        return $"<tool_call>\n{{\"name\": \"{Name}\", \"arguments\": {{{string.Join(", ", given)}}}}}\n</tool_call>";
    }
}
