using System.Text.Json;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Answers;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Records;

namespace CocoonOrleans.Tests.Inference.WorkerHost;

/// <summary>All of one answer, opened and checked.</summary>
public sealed record Answer(AnswerMeta? Meta, IReadOnlyList<JsonElement> Chunks, int Heartbeats, AnswerFinal? Final, UsageReceipt? Receipt, Failure? Error)
{
    public string Text => string.Concat(Chunks.Select(chunk =>
        chunk.GetProperty("choices")[0].GetProperty("delta").TryGetProperty("content", out JsonElement content) ? content.GetString() : ""));

    public static async Task<Answer> ReadAsync(SentJob job)
    {
        if (job.Refusal is { } refusal)
        {
            return new Answer(null, [], 0, null, null, new Failure(refusal.Code, refusal.Message, refusal.Retryable, null));
        }

        var (chunks, heartbeats) = (new List<JsonElement>(), 0);
        while (await job.ReadAsync() is { } record)
        {
            heartbeats += record.Type == SealedRecordType.Heartbeat ? 1 : 0;
            if (record.Type == SealedRecordType.Data)
            {
                chunks.AddRange(job.EventsOf(record));
            }
        }

        Assert.Equal(SealingFault.None, job.Opener.Fault);
        AnswerError? error = job.Opener.Error;
        return new Answer(
            job.Opener.Meta, chunks, heartbeats, job.Opener.Final, ReceiptOf(job), error is null ? null : new Failure(error.Code, error.Message, error.IsRetryable, error.Field));
    }

    /// <summary>The receipt in the last record, which must be valid where it is there.</summary>
    public static UsageReceipt? ReceiptOf(SentJob job)
    {
        ReceiptFault fault = job.Opener.CheckReceipt(out UsageReceipt? receipt);
        Assert.True(fault is ReceiptFault.None or ReceiptFault.Missing, fault.ToString());
        return receipt;
    }
}

/// <summary>Why there is no answer, or no whole one.</summary>
public sealed record Failure(string Code, string Message, bool Retryable, string? Param);
