using System.Text.Json;
using System.Text.Json.Nodes;
using CocoonOrleans.Tokenization.Chat;

namespace CocoonOrleans.Tokenization.Responses;

/// <summary>Reads the input of a response: a text, or items such as messages, calls of functions and what came of them.</summary>
internal static class ResponsesInputReader
{
    private const int MostItems = 2048;
    private const int MostParts = 256;
    private const int LongestId = 128;

    public static IReadOnlyList<ResponsesInput> Read(RequestField field)
    {
        if (field.IsAbsent)
        {
            field.Missing();
            return [];
        }

        if (field.Kind == JsonValueKind.String)
        {
            var text = field.String(int.MaxValue) ?? "";
            return [Message(field.Path, "user", text)];
        }

        if (field.Kind != JsonValueKind.Array)
        {
            field.Invalid("must be a text or an array of items");
            return [];
        }

        var items = new List<ResponsesInput>();
        var calls = new JsonArray();
        string callsPath = "";
        foreach (var item in field.Items(1, MostItems))
        {
            var read = ReadItem(item, calls);
            if (read is null)
            {
                // Calls that follow one another are one message of the assistant's.
                callsPath = calls.Count == 1 ? item.Path : callsPath;
                continue;
            }

            TakeCalls(items, calls, callsPath);
            items.Add(read);
        }

        TakeCalls(items, calls, callsPath);
        if (items.Count == 0)
        {
            field.Invalid("must have an item that the model reads");
        }

        return items;
    }

    private static void TakeCalls(List<ResponsesInput> items, JsonArray calls, string path)
    {
        if (calls.Count == 0)
        {
            return;
        }

        var message = new JsonObject { ["role"] = "assistant", ["content"] = null, ["tool_calls"] = calls.DeepClone() };
        var listed = calls.Select(static call => (JsonNode)new JsonObject
        {
            ["type"] = "function_call",
            ["status"] = "completed",
            ["call_id"] = call!["id"]!.DeepClone(),
            ["name"] = call["function"]!["name"]!.DeepClone(),
            ["arguments"] = call["function"]!["arguments"]!.DeepClone(),
        }).ToArray();
        items.Add(new ResponsesInput(path, message.ToJsonString(), new JsonArray(listed).ToJsonString()));
        calls.Clear();
    }

    /// <summary>The item; null where it is a call, which goes into <paramref name="calls"/>, or nothing for the model to read.</summary>
    private static ResponsesInput? ReadItem(RequestField field, JsonArray calls)
    {
        if (field.IsAbsent)
        {
            field.Invalid("must be an object");
        }

        if (field.Object() is not { } item)
        {
            return null;
        }

        item.Take("id");
        item.Take("status");
        var read = ReadItem(field, item, item.Take("type"), calls);
        item.IgnoreTheRest(shownPath: "input[]");
        return read;
    }

    private static ResponsesInput? ReadItem(RequestField field, RequestObject item, RequestField type, JsonArray calls)
    {
        switch (type.IsAbsent ? "message" : type.StringOrNull())
        {
            case "message":
                var (role, content) = (item.Take("role"), item.Take("content"));
                var read = ReadText(content);
                if (role.IsAbsent)
                {
                    role.Missing();
                }
                else if (role.StringOrNull() is not ("user" or "assistant" or "system" or "developer"))
                {
                    role.Invalid("must be user, assistant, system or developer");
                }

                return Message(field.Path, role.StringOrNull() ?? "user", read);
            case "function_call":
                calls.Add(new JsonObject
                {
                    ["id"] = Required(item.Take("call_id"), LongestId),
                    ["type"] = "function",
                    ["function"] = new JsonObject { ["name"] = Required(item.Take("name"), 64), ["arguments"] = Required(item.Take("arguments"), int.MaxValue, emptyAllowed: true) },
                });
                return null;
            case "function_call_output":
                var (id, output) = (Required(item.Take("call_id"), LongestId), ReadText(item.Take("output")));
                return new ResponsesInput(
                    field.Path,
                    new JsonObject { ["role"] = "tool", ["tool_call_id"] = id, ["content"] = output }.ToJsonString(),
                    new JsonArray(new JsonObject { ["type"] = "function_call_output", ["status"] = "completed", ["call_id"] = id, ["output"] = output }).ToJsonString());
            case "reasoning":
                // What a model thought before is not read again: chat templates leave it out.
                return null;
            default:
                type.Unsupported("must be message, function_call, function_call_output or reasoning");
                return null;
        }
    }

    private static ResponsesInput Message(string path, string role, string text)
    {
        JsonObject part = role == "assistant"
            ? new JsonObject { ["type"] = "output_text", ["text"] = text, ["annotations"] = new JsonArray(), ["logprobs"] = new JsonArray() }
            : new JsonObject { ["type"] = "input_text", ["text"] = text };
        return new ResponsesInput(
            path,
            new JsonObject { ["role"] = role, ["content"] = text }.ToJsonString(),
            new JsonArray(new JsonObject { ["type"] = "message", ["status"] = "completed", ["role"] = role, ["content"] = new JsonArray(part) }).ToJsonString());
    }

    private static string ReadText(RequestField field)
    {
        if (field.IsAbsent)
        {
            field.Missing();
        }

        return field.Kind == JsonValueKind.Array
            ? string.Join('\n', field.Items(1, MostParts).Select(ReadPart))
            : field.String(int.MaxValue, emptyAllowed: true) ?? "";
    }

    private static string ReadPart(RequestField field)
    {
        if (field.IsAbsent)
        {
            field.Invalid("must be an object");
        }

        if (field.Object() is not { } part)
        {
            return "";
        }

        var type = part.Take("type");
        if (type.IsAbsent)
        {
            type.Missing();
        }
        else if (type.StringOrNull() is not ("input_text" or "output_text" or "text" or "refusal"))
        {
            type.Unsupported("other than text is not supported by this model");
        }

        return Required(part.Take(type.StringOrNull() == "refusal" ? "refusal" : "text"), int.MaxValue, emptyAllowed: true);
    }

    private static string Required(RequestField field, int longest, bool emptyAllowed = false)
    {
        if (field.IsAbsent)
        {
            field.Missing();
        }

        return field.String(longest, emptyAllowed) ?? "";
    }
}
