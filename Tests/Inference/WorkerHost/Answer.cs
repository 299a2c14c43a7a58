using System.Text.Json;
using CocoonOrleans.Tunnel.Accepting;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.Tunnel.Records;

namespace CocoonOrleans.Tests.Inference.WorkerHost;

/// <summary>All records of one answer.</summary>
public sealed record Answer(JobMeta? Meta, IReadOnlyList<JsonElement> Chunks, int Heartbeats, JobFinal? Final, JobError? Error)
{
    public string Text => string.Concat(Chunks.Select(chunk =>
        chunk.GetProperty("choices")[0].GetProperty("delta").TryGetProperty("content", out JsonElement content) ? content.GetString() : ""));

    public static async Task<Answer> ReadAsync(JobStream job)
    {
        var answer = new Answer(null, [], 0, null, null);
        var chunks = new List<JsonElement>();
        await foreach (var record in job.ReadAllAsync())
        {
            answer = record.Type switch
            {
                RecordType.Meta => answer with { Meta = record.ReadMeta() },
                RecordType.Heartbeat => answer with { Heartbeats = answer.Heartbeats + 1 },
                RecordType.Final => answer with { Final = record.ReadFinal() },
                RecordType.Error => answer with { Error = record.ReadError() },
                _ => answer,
            };
            if (record.Type == RecordType.Data)
                chunks.Add(JsonElement.Parse(record.Body.Span));
        }
        return answer with { Chunks = chunks };
    }
}
