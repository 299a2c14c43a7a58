using System.Text;
using System.Text.Json;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Answers;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Requests;
using CocoonOrleans.Tunnel.Messages;
using Microsoft.AspNetCore.Http;

namespace CocoonOrleans.Tests.Unit.Sealing;

/// <summary>One job at a worker of tests, opened, and the parts of a sealed answer, good or bad. Each part leaves at once.</summary>
public sealed class SealedReply : IDisposable
{
    private readonly HttpContext _context;
    private readonly ReceiptKey _key;
    private readonly OpenedRequest _request;
    private AnswerSealer? _answer;

    private SealedReply(HttpContext context, JobDispatch job, OpenedRequest request, ReceiptKey key) => (_context, Job, _request, _key) = (context, job, request, key);

    /// <summary>The job's clear part.</summary>
    public JobDispatch Job { get; }

    /// <summary>Signs its receipts.</summary>
    public ReceiptKey Key => _key;

    /// <summary>The opened request.</summary>
    public OpenedRequest Request => _request;

    /// <summary>Cancelled when the gateway lets go of the job.</summary>
    public CancellationToken Gone => _context.RequestAborted;

    /// <summary>The answer.</summary>
    public AnswerSealer Answer => _answer ??= _request.Answer(_context.Response.BodyWriter);

    /// <summary>Opens a job; one that can't be opened is refused, as workers do.</summary>
    /// <returns>Null where it was refused.</returns>
    public static async Task<SealedReply?> OpenAsync(HttpContext context, SealedWorker worker)
    {
        if (await worker.OpenAsync(context) is { } request)
        {
            return new SealedReply(context, JobDispatch.FromHeaders(name => context.Request.Headers[name]), request, worker.Receipts);
        }

        await RefuseAsync(context, SealingErrorCodes.Rejected);
        return null;
    }

    /// <summary>Refuses a job in the clear.</summary>
    public static Task RefuseAsync(HttpContext context, string code)
    {
        context.Response.StatusCode = TunnelRoutes.RefusedStatus;
        return JsonSerializer.SerializeAsync(context.Response.Body, new JobRefusal(code, "It can't be done.", Retryable: true), TunnelJson.Default.JobRefusal);
    }

    /// <summary>Refuses the job in the clear.</summary>
    public Task RefuseAsync(string code) => RefuseAsync(_context, code);

    /// <summary>The first record.</summary>
    public async Task MetaAsync(string manifestSha256, string engine = "native")
    {
        Answer.Write(new AnswerMeta(200, "text/event-stream", new Digest(Convert.FromHexString(manifestSha256)), engine));
        await FlushAsync();
    }

    /// <summary>A piece of the body as it stands.</summary>
    public async Task DataAsync(ReadOnlyMemory<byte> bytes)
    {
        Answer.WriteData(bytes.Span);
        await FlushAsync();
    }

    /// <summary>An event of the body.</summary>
    public Task EventAsync(string json) => DataAsync(Encoding.UTF8.GetBytes($"data: {json}\n\n"));

    /// <summary>The last record of a good answer.</summary>
    /// <param name="reason">Why it ended.</param>
    /// <param name="usage">What the receipt says.</param>
    /// <param name="key">Who signs the receipt; null for the worker.</param>
    public async Task FinalAsync(string reason, AnswerUsage usage, ReceiptKey? key = null)
    {
        Answer.WriteFinal(reason, usage, key ?? _key);
        await FlushAsync();
    }

    /// <summary>The last record of a failed answer.</summary>
    public async Task FailAsync(string code)
    {
        Answer.WriteError(code, "It can't be done.", isRetryable: true);
        await FlushAsync();
    }

    /// <summary>The receipt of an answer that is not ended, as it is kept for the gateway.</summary>
    public KeptReceipt Abandon(AnswerUsage usage)
    {
        var signed = Answer.Abandon(usage, _key);
        return new KeptReceipt(Job.JobId, Job.LeaseId, signed.Receipt.ToArray(), signed.Signature.ToArray(), Job.Terms);
    }

    /// <summary>What was written to <see cref="Answer"/> leaves.</summary>
    public Task DataLeavesAsync() => FlushAsync();

    /// <summary>Bytes in the clear.</summary>
    public async Task PlainAsync(byte[] bytes)
    {
        await _context.Response.Body.WriteAsync(bytes);
        await _context.Response.Body.FlushAsync();
    }

    /// <summary>The HTTP status.</summary>
    public void Status(int status) => _context.Response.StatusCode = status;

    /// <summary>Breaks the stream.</summary>
    public void Break() => _context.Abort();

    /// <summary>What a good receipt of the job says.</summary>
    public AnswerUsage Usage(string manifestSha256, long promptTokens, long completionTokens) => new()
    {
        PromptTokens = promptTokens,
        CachedTokens = 0,
        CompletionTokens = completionTokens,
        ReasoningTokens = 0,
        Prices = new ReceiptPrices(
            Job.Prices.PromptNanoPerMillionTokens, Job.Prices.CachedNanoPerMillionTokens, Job.Prices.CompletionNanoPerMillionTokens, Job.Prices.RequestNano).Hash(),
        Started = DateTimeOffset.FromUnixTimeMilliseconds(1000),
        Ended = DateTimeOffset.FromUnixTimeMilliseconds(2000),
        ModelManifest = new Digest(Convert.FromHexString(manifestSha256)),
    };

    /// <summary>A chunk of the job's answer.</summary>
    public string Chunk(string delta, string? finishReason = null, int choice = 0, string? id = null) =>
        $$"""{"id":"{{id ?? Job.CompletionId}}","object":"chat.completion.chunk","created":{{Job.Created.ToUnixTimeSeconds()}},"model":"{{Job.Model}}","choices":[{"index":{{choice}},"delta":{{delta}},"finish_reason":{{JsonSerializer.Serialize(finishReason)}}}]}""";

    public void Dispose()
    {
        _answer?.Dispose();
        _request.Dispose();
    }

    private async Task FlushAsync() => await _context.Response.BodyWriter.FlushAsync(Gone);
}
