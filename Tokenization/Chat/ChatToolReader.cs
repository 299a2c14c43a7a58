using System.Text.Json;
using System.Text.RegularExpressions;

namespace CocoonOrleans.Tokenization.Chat;

/// <summary>Reads which functions a request offers, whether one has to be called, and the calls in its messages.</summary>
internal static partial class ChatToolReader
{
    private const int MostTools = 128;
    private const int MostCalls = 128;
    private const int LongestDescription = 65_536;
    private const int LongestId = 128;

    public static IReadOnlyList<ChatTool> ReadTools(RequestField field)
    {
        var tools = new List<ChatTool>();
        foreach (var item in field.Items(0, MostTools))
        {
            if (ReadTool(item) is not { } tool)
            {
                return [];
            }

            if (tools.Exists(other => other.Name == tool.Name))
            {
                item.Invalid($"must not offer the function {tool.Name} twice");
                return [];
            }

            tools.Add(tool);
        }

        return tools;
    }

    public static ToolChoice ReadChoice(RequestField field, IReadOnlyList<ChatTool> tools)
    {
        if (field.IsAbsent)
        {
            return ToolChoice.Auto;
        }

        if (field.Kind != JsonValueKind.Object)
        {
            switch (field.StringOrNull())
            {
                case "none":
                    return ToolChoice.None;
                case "auto":
                    return ToolChoice.Auto;
                case "required" when tools.Count > 0:
                    return new ToolChoice(ToolChoiceMode.Required);
                case "required":
                    field.Invalid("must not be required where no tools are offered");
                    return ToolChoice.Auto;
                default:
                    field.Invalid("must be none, auto, required, or an object that names a function");
                    return ToolChoice.Auto;
            }
        }

        var choice = field.Object()!;
        RequireFunction(choice.Take("type"));
        var function = choice.Take("function");
        if (function.IsAbsent)
        {
            function.Missing();
        }

        if (function.Object() is not { } named)
        {
            return ToolChoice.Auto;
        }

        var name = named.Take("name");
        var called = ReadName(name);
        if (called is not null && !tools.Any(tool => tool.Name == called))
        {
            name.Invalid("must be one of the functions in tools");
        }

        return new ToolChoice(ToolChoiceMode.Required, called);
    }

    public static IReadOnlyList<ChatToolCall> ReadCalls(RequestField field) => [.. field.Items(0, MostCalls).Select(ReadCall)];

    public static string? ReadCallId(RequestField field) => field.String(LongestId);

    private static ChatTool? ReadTool(RequestField field)
    {
        if (field.IsAbsent)
        {
            field.Invalid("must be an object");
        }

        if (field.Object() is not { } tool)
        {
            return null;
        }

        RequireFunction(tool.Take("type"));
        var function = tool.Take("function");
        if (function.IsAbsent)
        {
            function.Missing();
        }

        if (function.Object() is not { } content)
        {
            return null;
        }

        var name = ReadName(content.Take("name"));
        content.Take("description").String(LongestDescription, emptyAllowed: true);
        content.Take("strict").Bool();
        var parameters = content.Take("parameters");
        if (!parameters.IsAbsent && parameters.Kind != JsonValueKind.Object)
        {
            parameters.Invalid("must be a JSON Schema, an object");
        }
        else if (!parameters.IsAbsent && !parameters.HasUniqueNames())
        {
            parameters.Invalid("must not have a name twice in one object, or one that is no text");
        }

        content.IgnoreTheRest(shownPath: "tools[].function");
        tool.IgnoreTheRest(shownPath: "tools[]");
        return name is null ? null : new ChatTool(name, parameters.IsAbsent ? null : parameters.RawText(), field.RawText());
    }

    private static ChatToolCall ReadCall(RequestField field)
    {
        if (field.IsAbsent)
        {
            field.Invalid("must be an object");
        }

        if (field.Object() is not { } call)
        {
            return new ChatToolCall("", "", "");
        }

        var id = call.Take("id");
        if (id.IsAbsent)
        {
            id.Missing();
        }

        RequireFunction(call.Take("type"));
        var function = call.Take("function");
        if (function.IsAbsent)
        {
            function.Missing();
        }

        var content = function.Object();
        var name = content is null ? null : ReadName(content.Take("name"));
        var arguments = content?.Take("arguments").String(int.MaxValue, emptyAllowed: true);
        call.IgnoreTheRest(shownPath: "messages[].tool_calls[]");
        return new ChatToolCall(ReadCallId(id) ?? "", name ?? "", arguments is null or "" ? "{}" : arguments);
    }

    private static void RequireFunction(RequestField type)
    {
        if (type.IsAbsent)
        {
            type.Missing();
        }
        else if (type.StringOrNull() != "function")
        {
            type.Unsupported("other than function is not supported");
        }
    }

    private static string? ReadName(RequestField field)
    {
        if (field.IsAbsent)
        {
            field.Missing();
            return null;
        }

        var name = field.StringOrNull();
        if (name is not null && FunctionName().IsMatch(name))
        {
            return name;
        }

        field.Invalid("must be 1 to 64 letters, digits, '_' and '-'");
        return null;
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex FunctionName();
}
