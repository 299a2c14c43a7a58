using System.Text;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.Tunnel.Records;
using CocoonOrleans.Tunnel.Trust;
using CocoonOrleans.Tunnel.Usage;
using Microsoft.AspNetCore.Http;

namespace CocoonOrleans.Tests.Unit.Gateway.Dispatch;

/// <summary>What a worker of these tests says to a job, record by record.</summary>
internal sealed class WorkerReply(HttpContext context, TunnelIdentity worker)
{
    private readonly RecordWriter _records = new(context.Response.BodyWriter);

    /// <summary>The job's clear part.</summary>
    public JobDispatch Job { get; } = JobDispatch.FromHeaders(name => context.Request.Headers[name]);

    /// <summary>Cancelled when the gateway lets go of the job.</summary>
    public CancellationToken Gone => context.RequestAborted;

    /// <summary>Begins: meta and the chunk with the role.</summary>
    public async Task BeginAsync()
    {
        await _records.WriteAsync(new JobMeta(new string('a', 64), "scripted", "1", JobRunnerBench.PromptTokens), Gone);
        await RoleAsync();
    }

    /// <summary>The chunk with the role.</summary>
    public Task RoleAsync(int choice = 0) => ChunkAsync("""{"role":"assistant","content":""}""", choice: choice);

    /// <summary>Begins embeddings: meta alone.</summary>
    public async Task BeginVectorsAsync() => await _records.WriteAsync(new JobMeta(new string('a', 64), "native", "1", JobRunnerBench.PromptTokens), Gone);

    /// <summary>A record of numbers.</summary>
    public Task NumbersAsync(params float[] numbers) => BytesAsync([.. numbers.SelectMany(BitConverter.GetBytes)]);

    /// <summary>A data record as it stands.</summary>
    public async Task BytesAsync(byte[] body) => await _records.WriteDataAsync(body, Gone);

    /// <summary>A piece of text, of one token for each of its letters.</summary>
    public Task TextAsync(string text, int choice = 0) => ChunkAsync($$"""{"content":"{{text}}"}""", choice: choice);

    /// <summary>The chunk that ends the answer.</summary>
    public Task FinishAsync(string reason = "stop", int choice = 0) => ChunkAsync("{}", $"\"{reason}\"", choice);

    /// <summary>The last record.</summary>
    public async Task FinalAsync(int completionTokens, string reason = "stop", string? lease = null) =>
        await _records.WriteAsync(new JobFinal(reason, Report(completionTokens, UsageStatus.Complete, reason, lease)), Gone);

    /// <summary>The whole of a good answer.</summary>
    public async Task AnswerAsync(string text)
    {
        await BeginAsync();
        await TextAsync(text);
        await FinishAsync();
        await FinalAsync(text.Length);
    }

    /// <summary>A chunk as it stands.</summary>
    public async Task ChunkBytesAsync(string chunk) => await _records.WriteDataAsync(Encoding.UTF8.GetBytes(chunk), Gone);

    /// <summary>The error record.</summary>
    public async Task FailAsync(string code) => await _records.WriteAsync(new JobError(code, "It can't be done.", Retryable: true), Gone);

    /// <summary>Breaks the stream.</summary>
    public void Break() => context.Abort();

    /// <summary>A signed report of this job.</summary>
    public SignedUsageReport Report(int completionTokens, UsageStatus status, string? reason = null, string? lease = null) => SignedUsageReport.Sign(
        new UsageReport(
            UsageReport.CurrentVersion, Job.JobId, lease ?? Job.LeaseId, worker.Id, new string('a', 64), JobRunnerBench.PromptTokens, 0, completionTokens, 0, status, reason, 1000, 2000,
            Job.Terms),
        worker);

    private Task ChunkAsync(string delta, string finish = "null", int choice = 0) => ChunkBytesAsync(
        $$$"""{"id":"{{{Job.CompletionId}}}","object":"chat.completion.chunk","created":{{{Job.Created.ToUnixTimeSeconds()}}},"model":"{{{Job.Model}}}","choices":[{"index":{{{choice}}},"delta":{{{delta}}},"finish_reason":{{{finish}}}}]}""");
}
