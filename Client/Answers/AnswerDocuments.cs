using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using CocoonOrleans.Sealing.Answers;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Client.Answers;

/// <summary>What this client itself writes about an answer, in the words of OpenAI's API.</summary>
internal static class AnswerDocuments
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a document.</summary>
    public static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The chunk that tells the usage, after all others.</summary>
    public static byte[] UsageChunk(ChunkEvents chunks, VerifiedUsage usage) => Write(json =>
    {
        json.WriteString("id", chunks.Id);
        json.WriteString("object", "chat.completion.chunk");
        json.WriteNumber("created", chunks.Created);
        json.WriteString("model", chunks.Model);
        json.WriteStartArray("choices");
        json.WriteEndArray();
        json.WriteString("system_fingerprint", chunks.Fingerprint);
        WriteUsage(json, usage, generates: true);
        WriteProvider(json, usage);
    });

    /// <summary>OpenAI's <c>usage</c>, from the worker's receipt, and what it cost.</summary>
    public static void WriteUsage(Utf8JsonWriter json, VerifiedUsage verified, bool generates)
    {
        var usage = verified.Usage;
        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", usage.PromptTokens);
        if (generates)
        {
            json.WriteNumber("completion_tokens", usage.CompletionTokens);
        }

        json.WriteNumber("total_tokens", usage.PromptTokens + usage.CompletionTokens);
        if (generates)
        {
            json.WriteStartObject("prompt_tokens_details");
            json.WriteNumber("cached_tokens", usage.CachedTokens);
            json.WriteEndObject();
            json.WriteStartObject("completion_tokens_details");
            json.WriteNumber("reasoning_tokens", usage.ReasoningTokens);
            json.WriteEndObject();
        }

        json.WriteString("cost", verified.CostNano.ToString(CultureInfo.InvariantCulture));
        json.WriteEndObject();
    }

    /// <summary>Who served it, and how: it was sealed here, to the worker's statement.</summary>
    public static void WriteProvider(Utf8JsonWriter json, VerifiedUsage usage)
    {
        json.WriteStartObject("provider");
        json.WriteString("worker", usage.Statement.Statement.TunnelKeySha256.ToString());
        json.WriteString("tier", usage.Statement.Statement.Tier.ToString().ToLowerInvariant());
        json.WriteString("sealer", "client");
        json.WriteString("statement_hash", usage.Statement.Hash.ToString());
        json.WriteBoolean("receipt_verified", true);
        json.WriteString("lane", "default");
        json.WriteString("engine", usage.Engine);
        json.WriteEndObject();
    }

    /// <summary>A worker's chunk that ends an answer, with who serves it: every stream says so, also one that asks for no usage.</summary>
    /// <param name="chunk">The chunk. What it says of its provider is left out: that is the client's to say.</param>
    /// <param name="worker">The statement that the answer came under.</param>
    /// <param name="engine">What computed it.</param>
    public static byte[] WithProvider(JsonElement chunk, BoundStatement worker, string engine) => Write(json =>
    {
        foreach (var member in chunk.EnumerateObject().Where(member => member.Name != "provider"))
        {
            member.WriteTo(json);
        }

        json.WriteStartObject("provider");
        json.WriteString("worker", worker.Statement.TunnelKeySha256.ToString());
        json.WriteString("tier", worker.Statement.Tier.ToString().ToLowerInvariant());
        json.WriteString("sealer", "client");
        json.WriteString("statement_hash", worker.Hash.ToString());
        json.WriteString("lane", "default");
        json.WriteString("engine", engine);
        json.WriteEndObject();
    });

    /// <summary>OpenAI's error.</summary>
    public static byte[] Error(string message, string type, string? param, string code) => Write(json =>
    {
        json.WriteStartObject("error");
        json.WriteString("message", message);
        json.WriteString("type", type);
        json.WriteString("param", param);
        json.WriteString("code", code);
        json.WriteEndObject();
    });

    /// <summary>The status and body for a worker's sealed error. A worker is believed about the request, which it alone has read.</summary>
    public static (int Status, byte[] Body) Of(AnswerError error) =>
        error.Code is "invalid_value" or "missing_required_parameter" or "unsupported_parameter" or "unsupported_model" or "context_length_exceeded"
            ? (400, Error(error.Message, "invalid_request_error", error.Field, error.Code))
            : (502, Error(error.Message, "server_error", null, "provider_failed"));
}
