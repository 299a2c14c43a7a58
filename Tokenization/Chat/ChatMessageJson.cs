using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CocoonOrleans.Tokenization.ToolCalls;

namespace CocoonOrleans.Tokenization.Chat;

/// <summary>Writes a message in the form that chat templates read.</summary>
internal static class ChatMessageJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonElement Write(ChatMessage message)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("role", NameOf(message.Role));
            writer.WriteString("content", message.Content);
            if (message.Name is not null)
            {
                writer.WriteString("name", message.Name);
            }

            if (message.ToolCallId is not null)
            {
                writer.WriteString("tool_call_id", message.ToolCallId);
            }

            if (message.ToolCalls.Count > 0)
            {
                writer.WriteStartArray("tool_calls");
                foreach (var call in message.ToolCalls)
                {
                    Write(writer, call);
                }

                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        return Parse(json.WrittenMemory);
    }

    /// <summary>A value that outlives the document that it stood in.</summary>
    public static JsonElement Parse(string json) => Parse(Encoding.UTF8.GetBytes(json));

    private static JsonElement Parse(ReadOnlyMemory<byte> json)
    {
        // Arguments stand in it deeper than they came.
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 128 });
        return document.RootElement.Clone();
    }

    private static void Write(Utf8JsonWriter writer, ChatToolCall call)
    {
        writer.WriteStartObject();
        writer.WriteString("id", call.Id);
        writer.WriteString("type", "function");
        writer.WriteStartObject("function");
        writer.WriteString("name", call.Name);
        writer.WritePropertyName("arguments");

        // Templates write objects in their own way; what the model once wrote and is no object stays a text.
        if (CallReader.IsObject(call.Arguments))
        {
            writer.WriteRawValue(call.Arguments);
        }
        else
        {
            writer.WriteStringValue(call.Arguments);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static string NameOf(ChatRole role) => role switch
    {
        ChatRole.System => "system",
        ChatRole.Developer => "developer",
        ChatRole.User => "user",
        ChatRole.Assistant => "assistant",
        _ => "tool",
    };
}
