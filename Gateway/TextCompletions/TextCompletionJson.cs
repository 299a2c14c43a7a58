using System.Text.Json;
using CocoonOrleans.Gateway.Admission;
using CocoonOrleans.Gateway.Chat;
using CocoonOrleans.Gateway.Dispatch;

namespace CocoonOrleans.Gateway.TextCompletions;

/// <summary>OpenAI's <c>text_completion</c>, whole and in pieces.</summary>
internal static class TextCompletionJson
{
    /// <summary>A whole answer.</summary>
    public static byte[] Document(ChatJob job, JobAnswer answer, JsonAnswer collected, string? cost) => AnswerJson.Write(json =>
    {
        Begin(json, job);
        json.WriteStartArray("choices");
        for (int index = 0; index < collected.Choices.Count; index++)
        {
            CollectedChoice choice = collected.Choices[index];
            WriteChoice(json, index, choice.Text, choice.FinishReason, choice.Logprobs, 0);
        }

        json.WriteEndArray();
        WriteEnd(json, answer, cost);
    });

    /// <summary>A piece of a stream.</summary>
    /// <param name="job">The job.</param>
    /// <param name="content">What it says.</param>
    /// <param name="offset">Characters of the answer before it.</param>
    public static byte[] Piece(ChatJob job, ChunkContent content, int offset) => AnswerJson.Write(json =>
    {
        Begin(json, job);
        json.WriteStartArray("choices");
        WriteChoice(json, content.Choice, content.Text, content.FinishReason, content.Logprobs, offset);
        json.WriteEndArray();
        if (job.IncludeUsage)
        {
            json.WriteNull("usage");
        }

        json.WriteEndObject();
    });

    /// <summary>The piece that tells the usage, after the last one.</summary>
    public static byte[] Usage(ChatJob job, JobAnswer answer, string? cost) => AnswerJson.Write(json =>
    {
        Begin(json, job);
        json.WriteStartArray("choices");
        json.WriteEndArray();
        WriteEnd(json, answer, cost);
    });

    private static void Begin(Utf8JsonWriter json, ChatJob job)
    {
        json.WriteStartObject();
        json.WriteString("id", $"cmpl-{job.JobId:N}");
        json.WriteString("object", "text_completion");
        json.WriteNumber("created", job.Created.ToUnixTimeSeconds());
        json.WriteString("model", job.Model.Name);
    }

    private static void WriteEnd(Utf8JsonWriter json, JobAnswer answer, string? cost)
    {
        json.WriteString("system_fingerprint", answer.Fingerprint);
        AnswerJson.WriteUsage(json, answer.Usage, cost);
        AnswerJson.WriteProvider(json, answer);
        json.WriteEndObject();
    }

    private static void WriteChoice(Utf8JsonWriter json, int index, string text, string? finishReason, ReadOnlySpan<byte> logprobs, int offset)
    {
        json.WriteStartObject();
        json.WriteString("text", text);
        json.WriteNumber("index", index);
        json.WritePropertyName("logprobs");
        if (logprobs.IsEmpty)
        {
            json.WriteNullValue();
        }
        else
        {
            WriteLogprobs(json, logprobs, offset);
        }

        json.WriteString("finish_reason", finishReason);
        json.WriteEndObject();
    }

    // The older endpoint has them by column, not by token.
    private static void WriteLogprobs(Utf8JsonWriter json, ReadOnlySpan<byte> items, int offset)
    {
        byte[] list = [(byte)'[', .. items, (byte)']'];
        using var document = JsonDocument.Parse(list);
        JsonElement[] tokens = [.. document.RootElement.EnumerateArray()];
        json.WriteStartObject();
        json.WriteStartArray("tokens");
        foreach (JsonElement token in tokens)
        {
            json.WriteStringValue(token.GetProperty("token").GetString());
        }

        json.WriteEndArray();
        json.WriteStartArray("token_logprobs");
        foreach (JsonElement token in tokens)
        {
            token.GetProperty("logprob").WriteTo(json);
        }

        json.WriteEndArray();
        json.WriteStartArray("top_logprobs");
        foreach (JsonElement token in tokens)
        {
            json.WriteStartObject();
            foreach (JsonElement top in token.GetProperty("top_logprobs").EnumerateArray().DistinctBy(static top => top.GetProperty("token").GetString(), StringComparer.Ordinal))
            {
                json.WritePropertyName(top.GetProperty("token").GetString()!);
                top.GetProperty("logprob").WriteTo(json);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("text_offset");
        foreach (JsonElement token in tokens)
        {
            json.WriteNumberValue(offset);
            offset += token.GetProperty("token").GetString()!.Length;
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
