using System.IO.Pipelines;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.Tunnel.Records;
using CocoonOrleans.Tunnel.Trust;
using CocoonOrleans.Tunnel.Usage;
using Microsoft.AspNetCore.Http;

namespace CocoonOrleans.Tests.Unit.Tunnel;

/// <summary>Valid messages to begin from.</summary>
public static class Samples
{
    public static JobMeta Meta { get; } = new(new string('a', 64), "scripted", "1", 3);

    public static JobDispatch Dispatch(string jobId = "job-1") => new(
        jobId, "lease-1", "house", "chatcmpl-1", DateTimeOffset.FromUnixTimeSeconds(1_800_000_000), 64,
        DateTimeOffset.FromUnixTimeSeconds(1_800_000_100), new OfferedPrices(10, 5, 20, 1), "dGVybXM");

    public static UsageReport Report(string workerId, string jobId = "job-1") => new(
        UsageReport.CurrentVersion, jobId, "lease-1", workerId, new string('a', 64), 3, 1, 2, 0, UsageStatus.Complete, "stop", 1000, 2000, "dGVybXM");

    public static JobFinal Final(TunnelIdentity worker, string jobId = "job-1") =>
        new("stop", SignedUsageReport.Sign(Report(worker.Id, jobId), worker));

    /// <summary>A job that answers with meta, the given chunks and final.</summary>
    public static async Task AnswerAsync(HttpContext context, TunnelIdentity worker, params byte[][] chunks)
    {
        var writer = new RecordWriter(context.Response.BodyWriter);
        await writer.WriteAsync(Meta, context.RequestAborted);
        foreach (byte[] chunk in chunks)
            await writer.WriteDataAsync(chunk, context.RequestAborted);
        await writer.WriteAsync(Final(worker, context.Request.Headers[JobHeaders.JobId]!), context.RequestAborted);
    }

    /// <summary>The bytes of an answer.</summary>
    public static async Task<byte[]> BytesAsync(Func<RecordWriter, Task> write)
    {
        var bytes = new MemoryStream();
        var pipe = PipeWriter.Create(bytes, new StreamPipeWriterOptions(leaveOpen: true));
        await write(new RecordWriter(pipe));
        await pipe.CompleteAsync();
        return bytes.ToArray();
    }
}
