using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Tunnel.Trust;
using CocoonOrleans.Tunnel.Usage;
using CocoonOrleans.WorkerHost.Usage;

namespace CocoonOrleans.WorkerHost.Jobs;

/// <summary>Signs the usage of jobs and keeps the reports.</summary>
public sealed class JobUsage(TunnelIdentity identity, UsageReportStore store, TimeProvider time)
{
    /// <summary>Signs and keeps the report of an answer; it is on the disk when this returns.</summary>
    internal Task<SignedUsageReport> ReportAsync(PreparedJob job, DateTimeOffset started, GenerationUsage usage, int reasoningTokens, UsageStatus status, string? finishReason)
    {
        // Nothing delivered, nothing charged: a prompt that nobody got an answer to is ours to bear.
        bool empty = usage.CompletionTokens == 0 && status != UsageStatus.Complete;
        DateTimeOffset now = time.GetUtcNow();
        return KeepAsync(new UsageReport(
            UsageReport.CurrentVersion,
            job.Dispatch.JobId,
            job.Dispatch.LeaseId,
            identity.Id,
            job.Model.Loaded.ManifestSha256,
            empty ? 0 : usage.PromptTokens,
            empty ? 0 : usage.CachedTokens,
            usage.CompletionTokens,
            Math.Min(reasoningTokens, usage.CompletionTokens),
            status,
            finishReason,
            started.ToUnixTimeMilliseconds(),
            (now < started ? started : now).ToUnixTimeMilliseconds(),
            job.Dispatch.Terms));
    }

    private async Task<SignedUsageReport> KeepAsync(UsageReport report)
    {
        SignedUsageReport signed = SignedUsageReport.Sign(report, identity);
        await store.AddAsync(report, signed);
        return signed;
    }
}
