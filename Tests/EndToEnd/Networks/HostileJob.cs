using System.Text;
using System.Text.Json;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.Tunnel.Records;
using CocoonOrleans.Tunnel.Trust;
using CocoonOrleans.Tunnel.Usage;
using Microsoft.AspNetCore.Http;

namespace CocoonOrleans.Tests.EndToEnd.Networks;

/// <summary>One job at a <see cref="HostileWorker"/>, and the parts of an answer, good or bad.</summary>
internal sealed class HostileJob
{
    private readonly HttpContext _context;
    private readonly TunnelIdentity _identity;
    private readonly string _manifestSha256;
    private readonly RecordWriter _records;

    public HostileJob(HttpContext context, TunnelIdentity identity, string manifestSha256)
    {
        _context = context;
        _identity = identity;
        _manifestSha256 = manifestSha256;
        _records = new RecordWriter(context.Response.BodyWriter);
        Dispatch = JobDispatch.FromHeaders(name => context.Request.Headers[name]);
    }

    public JobDispatch Dispatch { get; }

    public ValueTask MetaAsync(string? manifestSha256 = null) => _records.WriteAsync(new JobMeta(manifestSha256 ?? _manifestSha256, "native", "1", 5), default);

    /// <summary>The first chunk, and one with some text.</summary>
    public async Task BeginAsync(string text)
    {
        await MetaAsync();
        await _records.WriteDataAsync(Chunk("""{"role":"assistant","content":""}"""), default);
        await TextAsync(text);
    }

    public ValueTask TextAsync(string text) => _records.WriteDataAsync(Chunk($$"""{"content":{{JsonSerializer.Serialize(text)}}}"""), default);

    public ValueTask FinishAsync(string reason = "stop") => _records.WriteDataAsync(Chunk("{}", reason), default);

    public ValueTask DataAsync(string body) => _records.WriteDataAsync(Encoding.UTF8.GetBytes(body), default);

    /// <summary>The final record with a report of this job, as the worker wants it.</summary>
    public ValueTask FinalAsync(Func<UsageReport, UsageReport> lie, TunnelIdentity? signer = null)
    {
        var report = new UsageReport(
            UsageReport.CurrentVersion, Dispatch.JobId, Dispatch.LeaseId, _identity.Id, _manifestSha256, PromptTokens: 5, CachedTokens: 0, CompletionTokens: 2,
            ReasoningTokens: 0, UsageStatus.Complete, "stop", StartedMs: 1, EndedMs: 2, Dispatch.Terms);
        return _records.WriteAsync(new JobFinal("stop", SignedUsageReport.Sign(lie(report), signer ?? _identity)), default);
    }

    public async Task BytesAsync(byte[] bytes)
    {
        await _context.Response.Body.WriteAsync(bytes);
        await _context.Response.Body.FlushAsync();
    }

    public void Reset() => _context.Abort();

    public void Status(int status) => _context.Response.StatusCode = status;

    public string ChunkText(string delta, string? id = null) => Encoding.UTF8.GetString(Chunk(delta, id: id));

    private byte[] Chunk(string delta, string? finishReason = null, string? id = null) => Encoding.UTF8.GetBytes(
        $$"""
        {"id":"{{id ?? Dispatch.CompletionId}}","object":"chat.completion.chunk","created":{{Dispatch.Created.ToUnixTimeSeconds()}},"model":"{{Dispatch.Model}}","choices":[{"index":0,"delta":{{delta}},"logprobs":null,"finish_reason":{{JsonSerializer.Serialize(finishReason)}}}]}
        """);
}
