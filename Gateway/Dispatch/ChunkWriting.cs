using System.Text.Json;
using CocoonOrleans.Gateway.Admission;
using CocoonOrleans.Gateway.Chat;
using CocoonOrleans.Gateway.Completions;

namespace CocoonOrleans.Gateway.Dispatch;

/// <summary>The chunks that the gateway itself writes.</summary>
internal static class ChunkWriting
{
    /// <summary>A worker's chunk that ends an answer, with who serves it: every stream says so, also one that asks for no usage.</summary>
    /// <param name="chunk">The chunk, one JSON object that was checked: it has no such field.</param>
    /// <param name="worker">Who serves it.</param>
    public static byte[] WithProvider(ReadOnlySpan<byte> chunk, ServingWorker worker)
    {
        byte[] provider = AnswerJson.Write(json =>
        {
            json.WriteStartObject();
            AnswerJson.WriteProvider(json, worker);
            json.WriteEndObject();
        });
        return [.. chunk[..chunk.LastIndexOf((byte)'}')], (byte)',', .. provider[1..]];
    }

    /// <summary>The chunk that ends an answer.</summary>
    public static byte[] Finish(ChatJob job, int choice, string finishReason, ServingWorker? worker) => AnswerJson.Write(json =>
    {
        Begin(json, job);
        json.WriteStartArray("choices");
        json.WriteStartObject();
        json.WriteNumber("index", choice);
        json.WriteStartObject("delta");
        json.WriteEndObject();
        json.WriteString("finish_reason", finishReason);
        json.WriteEndObject();
        json.WriteEndArray();
        if (job.IncludeUsage)
        {
            json.WriteNull("usage");
        }

        if (worker is not null)
        {
            AnswerJson.WriteProvider(json, worker);
        }

        json.WriteEndObject();
    });

    /// <summary>The chunk that tells the usage, after the one that ends the answer.</summary>
    public static byte[] Usage(ChatJob job, JobAnswer answer, string? cost) => AnswerJson.Write(json =>
    {
        Begin(json, job);
        json.WriteStartArray("choices");
        json.WriteEndArray();
        json.WriteString("system_fingerprint", answer.Fingerprint);
        AnswerJson.WriteUsage(json, answer.Usage, cost);
        AnswerJson.WriteProvider(json, answer);
        json.WriteEndObject();
    });

    private static void Begin(Utf8JsonWriter json, ChatJob job)
    {
        json.WriteStartObject();
        json.WriteString("id", JobNames.OfCompletion(job.JobId));
        json.WriteString("object", "chat.completion.chunk");
        json.WriteNumber("created", job.Created.ToUnixTimeSeconds());
        json.WriteString("model", job.Model.Name);
    }
}
