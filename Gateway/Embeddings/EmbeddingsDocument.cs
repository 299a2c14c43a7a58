using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using CocoonOrleans.Gateway.Admission;
using CocoonOrleans.Gateway.Chat;
using CocoonOrleans.Gateway.Dispatch;

namespace CocoonOrleans.Gateway.Embeddings;

/// <summary>OpenAI's list of embeddings, written vector by vector, so that its text, which is several times as large as the numbers, is never in memory as a whole.</summary>
/// <param name="job">The job.</param>
/// <param name="answer">How it ended.</param>
/// <param name="vectors">The vectors.</param>
/// <param name="cost">The charge in nano; null where it is not booked yet.</param>
public sealed class EmbeddingsDocument(EmbeddingsJob job, JobAnswer answer, EmbeddingsAnswer vectors, string? cost) : IResult
{
    private const int FlushBytes = 64 << 10;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes headers and body.</summary>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        httpContext.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(httpContext.Response.BodyWriter, Options);
        json.WriteStartObject();
        json.WriteString("object", "list");
        json.WriteStartArray("data");
        for (int i = 0; i < job.Inputs; i++)
        {
            WriteVector(json, i);
            if (json.BytesPending + httpContext.Response.BodyWriter.UnflushedBytes > FlushBytes)
            {
                await json.FlushAsync(httpContext.RequestAborted);
                if ((await httpContext.Response.BodyWriter.FlushAsync(httpContext.RequestAborted)).IsCompleted)
                {
                    return;
                }
            }
        }

        json.WriteEndArray();
        json.WriteString("model", job.Model.Name);
        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", answer.Usage.Prompt);
        json.WriteNumber("total_tokens", answer.Usage.Total);
        if (cost is not null)
        {
            json.WriteString("cost", cost);
        }

        json.WriteEndObject();
        AnswerJson.WriteProvider(json, answer);
        json.WriteEndObject();
    }

    private void WriteVector(Utf8JsonWriter json, int index)
    {
        json.WriteStartObject();
        json.WriteString("object", "embedding");
        json.WriteNumber("index", index);
        if (job.AsBase64)
        {
            WriteBase64(json, vectors.Vector(index));
        }
        else
        {
            json.WriteStartArray("embedding");
            foreach (float number in vectors.Vector(index))
            {
                json.WriteNumberValue(number);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    // As OpenAI's clients read it: float32, little-endian, which is what memory holds wherever this runs.
    private static void WriteBase64(Utf8JsonWriter json, ReadOnlySpan<float> vector) => json.WriteBase64String("embedding", MemoryMarshal.AsBytes(vector));
}
