using System.Text.Json;
using System.Text.Json.Nodes;
using CocoonOrleans.Tokenization.Chat;

namespace CocoonOrleans.Tokenization.ToolCalls;

/// <summary>
/// A call that the model has to make (<c>tool_choice</c> required, or a function's name): the prompt ends with what begins the call in the model's own style, and the
/// answer is held to JSON, the arguments of the one function that it can be or a whole call where there are several.
/// </summary>
/// <param name="Opening">What the prompt ends with.</param>
/// <param name="Name">The function; null where the model chooses.</param>
/// <param name="Schema">JSON Schema of the answer.</param>
public sealed record ForcedCall(string Opening, string? Name, string Schema)
{
    private const string AnyObject = """{"type":"object"}""";
    private const string NoArguments = """{"type":"object","properties":{},"additionalProperties":false}""";

    /// <summary>The call that a request forces; null where it forces none.</summary>
    public static ForcedCall? Of(ChatCompletionRequest request, ToolCallStyle style)
    {
        if (request.ToolChoice.Mode != ToolChoiceMode.Required || style == ToolCallStyle.None)
        {
            return null;
        }

        var arguments = style == ToolCallStyle.Llama ? "parameters" : "arguments";
        var opening = style switch
        {
            ToolCallStyle.Hermes => "<tool_call>\n",
            ToolCallStyle.Mistral => "[TOOL_CALLS][",
            _ => "",
        };
        return request.Tools.Count == 1 || request.ToolChoice.Name is not null
            ? One(request.Tools.First(tool => request.ToolChoice.Name is null || tool.Name == request.ToolChoice.Name), opening, arguments)
            : new ForcedCall(opening, null, AnyOf(request.Tools, arguments));
    }

    private static ForcedCall One(ChatTool tool, string opening, string arguments) =>
        new($$"""{{opening}}{"name": "{{tool.Name}}", "{{arguments}}": """, tool.Name, SchemaOf(tool));

    private static string AnyOf(IReadOnlyList<ChatTool> tools, string arguments) => new JsonObject
    {
        ["anyOf"] = new JsonArray([.. tools.Select((tool, i) => (JsonNode)new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["name"] = new JsonObject { ["const"] = tool.Name },
                [arguments] = Rooted(JsonNode.Parse(SchemaOf(tool))!, $"#/anyOf/{i}/properties/{arguments}"),
            },
            ["required"] = new JsonArray("name", arguments),
            ["additionalProperties"] = false,
        })]),
    }.ToJsonString();

    // A schema without a type could be anything, but arguments are an object.
    private static string SchemaOf(ChatTool tool)
    {
        if (tool.Parameters is null)
        {
            return NoArguments;
        }

        using var schema = JsonDocument.Parse(tool.Parameters);
        return schema.RootElement.GetPropertyCount() == 0 ? AnyObject : tool.Parameters;
    }

    /// <summary>Lets references within a schema, which count from its own root, count from the root that it now has.</summary>
    private static JsonNode Rooted(JsonNode node, string root)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (name, value) in members.ToList())
                {
                    if (name == "$ref" && value?.GetValueKind() == JsonValueKind.String && value.GetValue<string>() is ['#', .. var path])
                    {
                        members[name] = root + path;
                    }
                    else if (value is not null)
                    {
                        Rooted(value, root);
                    }
                }

                break;
            case JsonArray items:
                foreach (var item in items)
                {
                    if (item is not null)
                    {
                        Rooted(item, root);
                    }
                }

                break;
        }

        return node;
    }
}
