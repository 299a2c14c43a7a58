using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

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

            writer.WriteEndObject();
        }

        using var document = JsonDocument.Parse(json.WrittenMemory);
        return document.RootElement.Clone();
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
