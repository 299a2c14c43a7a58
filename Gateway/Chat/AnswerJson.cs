using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using CocoonOrleans.Gateway.Admission;
using CocoonOrleans.Gateway.Completions;
using CocoonOrleans.Gateway.Dispatch;
using CocoonOrleans.Gateway.Sealing;
using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Gateway.Chat;

/// <summary>The documents that the gateway writes about an answer.</summary>
internal static class AnswerJson
{
    // It is JSON for programs, never part of a page: nothing but what JSON demands is escaped.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A whole answer, as OpenAI's <c>chat.completion</c>.</summary>
    public static byte[] Completion(ChatJob job, JobAnswer answer, JsonAnswer collected, string? cost) => Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("id", JobNames.OfCompletion(job.JobId));
        json.WriteString("object", "chat.completion");
        json.WriteNumber("created", job.Created.ToUnixTimeSeconds());
        json.WriteString("model", job.Model.Name);
        json.WriteStartArray("choices");
        for (int index = 0; index < collected.Choices.Count; index++)
        {
            WriteChoice(json, index, collected.Choices[index]);
        }

        json.WriteEndArray();
        WriteUsage(json, answer.Usage, cost);
        json.WriteString("system_fingerprint", answer.Fingerprint);
        json.WriteString("service_tier", "default");
        WriteProvider(json, answer);
        json.WriteEndObject();
    });

    private static void WriteChoice(Utf8JsonWriter json, int index, CollectedChoice choice)
    {
        json.WriteStartObject();
        json.WriteNumber("index", index);
        json.WriteStartObject("message");
        json.WriteString("role", "assistant");
        WriteMessage(json, choice);
        json.WriteNull("refusal");
        json.WriteEndObject();
        if (choice.Logprobs.IsEmpty)
        {
            json.WriteNull("logprobs");
        }
        else
        {
            json.WriteStartObject("logprobs");
            json.WritePropertyName("content");
            json.WriteRawValue([(byte)'[', .. choice.Logprobs, (byte)']'], skipInputValidation: true);
            json.WriteNull("refusal");
            json.WriteEndObject();
        }

        json.WriteString("finish_reason", choice.FinishReason);
        json.WriteEndObject();
    }

    private static void WriteMessage(Utf8JsonWriter json, CollectedChoice collected)
    {
        List<ToolCallDelta> calls = [.. collected.ToolCalls];
        if (collected.Text.Length == 0 && calls.Count > 0)
        {
            json.WriteNull("content");
        }
        else
        {
            json.WriteString("content", collected.Text);
        }

        if (collected.Reasoning.Length > 0)
        {
            json.WriteString("reasoning_content", collected.Reasoning);
        }

        if (calls.Count == 0)
        {
            return;
        }

        json.WriteStartArray("tool_calls");
        foreach (ToolCallDelta call in calls)
        {
            json.WriteStartObject();
            json.WriteString("id", call.Id);
            json.WriteString("type", "function");
            json.WriteStartObject("function");
            json.WriteString("name", call.Name);
            json.WriteString("arguments", call.Arguments);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>OpenAI's <c>usage</c>, and ours: <c>cost</c> in nano as a decimal string, left out where it is not booked yet.</summary>
    public static void WriteUsage(Utf8JsonWriter json, TokenUsage usage, string? cost)
    {
        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", usage.Prompt);
        json.WriteNumber("completion_tokens", usage.Completion);
        json.WriteNumber("total_tokens", usage.Total);
        json.WriteStartObject("prompt_tokens_details");
        json.WriteNumber("cached_tokens", usage.Cached);
        json.WriteEndObject();
        json.WriteStartObject("completion_tokens_details");
        json.WriteNumber("reasoning_tokens", usage.Reasoning);
        json.WriteEndObject();
        if (cost is not null)
        {
            json.WriteString("cost", cost);
        }

        json.WriteEndObject();
    }

    /// <summary>Who served it, and how: the request was sealed here, to the worker's statement, and the worker's receipt says what was used.</summary>
    public static void WriteProvider(Utf8JsonWriter json, JobAnswer answer)
    {
        json.WriteStartObject("provider");
        json.WriteString("worker", answer.Worker.WorkerId);
        json.WriteString("tier", answer.Tier.ToName());
        json.WriteString("sealer", "gateway");
        json.WriteString("statement_hash", answer.Statement.Hash.ToString());
        json.WriteBoolean("receipt_verified", answer.IsReceiptVerified);
        json.WriteString("lane", "default");
        json.WriteString("engine", answer.Worker.Registration.Engine.Kind);
        json.WriteEndObject();
    }

    /// <summary>Who serves it, in the chunk that ends an answer: whether its receipt is good is not known yet.</summary>
    public static void WriteProvider(Utf8JsonWriter json, ServingWorker worker)
    {
        json.WriteStartObject("provider");
        json.WriteString("worker", worker.WorkerId);
        json.WriteString("tier", worker.Tier.ToName());
        json.WriteString("sealer", "gateway");
        json.WriteString("statement_hash", worker.StatementHash.ToString());
        json.WriteString("lane", "default");
        json.WriteString("engine", worker.Engine);
        json.WriteEndObject();
    }

    public static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            write(json);
        }

        return buffer.WrittenSpan.ToArray();
    }
}
