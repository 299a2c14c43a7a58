using System.Text.Json;

namespace CocoonOrleans.Tokenization.Chat;

/// <summary>Reads the messages of a chat request.</summary>
internal static class ChatMessageReader
{
    private const int MostMessages = 2048;
    private const int MostParts = 256;
    private const int LongestName = 64;

    public static IReadOnlyList<ChatMessage> Read(RequestField field)
    {
        if (field.IsAbsent)
        {
            field.Missing();
        }

        return [.. field.Items(1, MostMessages).Select(ReadMessage)];
    }

    private static ChatMessage ReadMessage(RequestField field)
    {
        if (field.IsAbsent)
        {
            field.Invalid("must be an object");
        }

        if (field.Object() is not { } message)
        {
            return new ChatMessage(ChatRole.User, "");
        }

        var role = ReadRole(message.Take("role"));
        var content = ReadContent(message.Take("content"), role);
        var name = message.Take("name").String(LongestName);
        foreach (var unsupported in new[] { "function_call", "audio" })
        {
            var call = message.Take(unsupported);
            if (!call.IsEmpty)
            {
                call.Unsupported("is not supported by this model");
            }
        }

        var calls = message.Take("tool_calls");
        if (role != ChatRole.Assistant && !calls.IsEmpty)
        {
            calls.Invalid("must stand in an assistant's message");
        }

        var toolCalls = ChatToolReader.ReadCalls(calls);
        var toolCallId = ChatToolReader.ReadCallId(message.Take("tool_call_id"));
        message.IgnoreTheRest(shownPath: "messages[]");
        return new ChatMessage(role, content, name)
        {
            ToolCalls = toolCalls.Count > 0 ? toolCalls : [],
            ToolCallId = toolCallId,
        };
    }

    private static ChatRole ReadRole(RequestField field)
    {
        switch (field.StringOrNull())
        {
            case "system":
                return ChatRole.System;
            case "developer":
                return ChatRole.Developer;
            case "user":
                return ChatRole.User;
            case "assistant":
                return ChatRole.Assistant;
            case "tool":
                return ChatRole.Tool;
        }

        if (field.IsAbsent)
        {
            field.Missing();
        }

        field.Invalid("must be system, developer, user, assistant or tool");
        return ChatRole.User;
    }

    private static string ReadContent(RequestField field, ChatRole role)
    {
        if (field.IsAbsent && role != ChatRole.Assistant)
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

        var (type, text) = (part.Take("type"), part.Take("text"));
        if (type.IsAbsent)
        {
            type.Missing();
        }
        else if (type.StringOrNull() is null)
        {
            type.Invalid("must be a string");
        }
        else if (type.StringOrNull() != "text")
        {
            type.Unsupported("other than text is not supported by this model");
        }
        else if (text.IsAbsent)
        {
            text.Missing();
        }

        part.IgnoreTheRest(shownPath: "messages[].content[]");
        return text.String(int.MaxValue, emptyAllowed: true) ?? "";
    }
}
