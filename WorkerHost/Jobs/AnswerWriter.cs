using System.Buffers;
using CocoonOrleans.Sealing.Answers;
using CocoonOrleans.Sealing.Receipts;

namespace CocoonOrleans.WorkerHost.Jobs;

/// <summary>
/// Writes the sealed answer to one job, in the pace of its padding. What belongs together is gathered until it is flushed, and goes in one record. One writer at
/// a time.
/// </summary>
/// <param name="answer">The sealed answer; disposed of with this.</param>
/// <param name="key">Signs the receipt.</param>
internal sealed class AnswerWriter(PacedAnswer answer, ReceiptKey key) : IAsyncDisposable
{
    private const int LongestMessage = 500;

    private readonly ArrayBufferWriter<byte> _gathered = new(1024);

    /// <summary>Begins: who answers with what.</summary>
    public Task BeginAsync(AnswerMeta meta) => answer.WriteAsync(meta);

    /// <summary>Gathers a chunk, as the server-sent event that a plain client would get.</summary>
    /// <param name="chunk">One line of JSON.</param>
    public void AddEvent(ReadOnlyMemory<byte> chunk)
    {
        _gathered.Write("data: "u8);
        _gathered.Write(chunk.Span);
        _gathered.Write("\n\n"u8);
    }

    /// <summary>Writes what was gathered.</summary>
    public async ValueTask FlushAsync()
    {
        if (_gathered.WrittenCount > 0)
        {
            await answer.WriteDataAsync(_gathered.WrittenMemory);
            _gathered.ResetWrittenCount();
        }
    }

    /// <summary>Writes bytes as they are.</summary>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes) => answer.WriteDataAsync(bytes);

    /// <summary>Ends a whole answer.</summary>
    /// <param name="finishReason">OpenAI's finish reason.</param>
    /// <param name="usage">What was used.</param>
    /// <param name="keep">Keeps the receipt before it leaves.</param>
    public async Task EndAsync(string finishReason, AnswerUsage usage, Func<SignedReceipt, Task> keep)
    {
        await FlushAsync();
        await answer.WriteFinalAsync(finishReason, usage, key, keep);
    }

    /// <summary>Ends an answer with an error, for which nothing is to be paid.</summary>
    public Task FailAsync(JobError error) => answer.WriteErrorAsync(ToSealed(error));

    /// <summary>Ends an answer with an error, with what was computed until then.</summary>
    /// <param name="error">What failed.</param>
    /// <param name="usage">What was used.</param>
    /// <param name="keep">Keeps the receipt before it leaves.</param>
    public Task FailAsync(JobError error, AnswerUsage usage, Func<SignedReceipt, Task> keep) => answer.WriteErrorAsync(ToSealed(error), usage, key, keep);

    /// <summary>Stops an answer that nobody wants any more.</summary>
    /// <returns>The receipt of what was computed until then.</returns>
    public Task<SignedReceipt> AbandonAsync(AnswerUsage usage) => answer.AbandonAsync(usage, key);

    public async ValueTask DisposeAsync()
    {
        await answer.DisposeAsync();
        _gathered.Clear();
    }

    /// <summary>The message may name what the client wrote, line breaks and all, so only its beginning goes out, in one line.</summary>
    private static AnswerError ToSealed(JobError error)
    {
        var message = error.Message.Length > LongestMessage ? error.Message[..LongestMessage] : error.Message;
        return new AnswerError(error.Code, string.Concat(message.Select(c => char.IsControl(c) ? ' ' : c)), error.Retryable, Field: error.Param);
    }
}
