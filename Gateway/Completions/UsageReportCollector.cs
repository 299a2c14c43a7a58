using System.Collections.Concurrent;
using System.Security.Cryptography;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Gateway.Workers;
using CocoonOrleans.Grains.Jobs;
using CocoonOrleans.Market.Prices;
using CocoonOrleans.Tunnel.Accepting;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.Tunnel.Usage;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Gateway.Completions;

/// <summary>
/// Books the usage reports that a worker still keeps: of jobs whose gateway died, whose tunnel broke, or whose charge could not be booked. A report of
/// another living gateway's job is left to it for a while, since only that one counted what was delivered.
/// </summary>
public sealed partial class UsageReportCollector(
    CompletionQueue completions, RunningJobs running, TermsSeal seal, IOptions<GatewayOptions> options, TimeProvider time, ILogger<UsageReportCollector> logger)
{
    private const int MaxSeen = 100_000;

    private readonly ConcurrentDictionary<Guid, long> _firstSeen = new();

    /// <summary>Fetches the worker's reports and books those that are this gateway's to book. Never throws.</summary>
    public async Task CollectAsync(WorkerConnection worker, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(worker);
        try
        {
            HashSet<Guid> unclaimed = [];
            foreach (KeptReport report in await FetchAsync(worker, cancellationToken))
            {
                if (!await IsOfRunningJobAsync(worker, report, cancellationToken))
                {
                    unclaimed.Add(report.JobId);
                }
            }

            if (unclaimed.Count == 0)
            {
                return;
            }

            // A job that was settled here while the first page was on its way runs no longer, though that page has its report. What a page fetched
            // after that still has was not acknowledged: nobody has settled it.
            foreach (KeptReport report in await FetchAsync(worker, cancellationToken))
            {
                if (unclaimed.Contains(report.JobId))
                {
                    await CollectAsync(worker, report, cancellationToken);
                }
            }
        }
        catch (Exception e) when (e is TunnelLostException or TunnelProtocolException or OperationCanceledException or ObjectDisposedException)
        {
            LogFailed(worker.WorkerId, e.Message);
        }
    }

    private static async Task<IReadOnlyList<KeptReport>> FetchAsync(WorkerConnection worker, CancellationToken cancellationToken) =>
        [.. (await worker.Tunnel.GetUsageReportsAsync(cancellationToken)).Select(signed => Read(worker, signed))];

    private static KeptReport Read(WorkerConnection worker, SignedUsageReport signed)
    {
        UsageReportCheck check = signed.Check(worker.Tunnel.WorkerKey);
        return check.Report is { } report
            && Guid.TryParseExact(report.JobId, "D", out Guid jobId)
            && Guid.TryParseExact(report.LeaseId, "D", out Guid leaseId)
            ? new KeptReport(signed, report, jobId, leaseId)
            : throw new TunnelProtocolException($"A kept usage report is not valid: {check.Fault}.");
    }

    private async Task<bool> IsOfRunningJobAsync(WorkerConnection worker, KeptReport kept, CancellationToken cancellationToken)
    {
        if (running.FindLease(kept.JobId) is not { } current)
        {
            return false;
        }

        if (current != kept.LeaseId)
        {
            // Its lease counts no more: another worker serves the job, or serves it again.
            await worker.Tunnel.AcknowledgeUsageAsync(kept.Report.JobId, cancellationToken);
        }

        return true;
    }

    private async Task CollectAsync(WorkerConnection worker, KeptReport kept, CancellationToken cancellationToken)
    {
        (SignedUsageReport signed, UsageReport report, Guid jobId, Guid leaseId) = kept;
        if (seal.Open(report.Terms, jobId, leaseId, worker.WorkerId) is not { } terms)
        {
            LogUnreadableTerms(jobId, worker.WorkerId);
            await worker.Tunnel.AcknowledgeUsageAsync(report.JobId, cancellationToken);
            return;
        }

        if (terms.GatewayInstance != running.Instance && !HasWaited(jobId))
        {
            return;
        }

        if (running.TryAdd(jobId))
        {
            await BookAsync(worker, jobId, report, signed, terms, cancellationToken);
        }
    }

    private async Task BookAsync(
        WorkerConnection worker, Guid jobId, UsageReport report, SignedUsageReport signed, JobTerms terms, CancellationToken cancellationToken)
    {
        if (report.CompletionTokens == 0 && report.Status != UsageStatus.Complete)
        {
            // Nothing was generated, so nothing is charged. Vectors are complete without a token.
            await completions.AbandonAsync(jobId, terms.AccountId, "nothing_generated");
            await worker.Tunnel.AcknowledgeUsageAsync(report.JobId, cancellationToken);
            return;
        }

        // How much of it was delivered is not known here: at most what was allowed. A client whose gateway died has seen its stream break, and pays
        // for tokens, not for the prompt.
        bool broken = report.Status == UsageStatus.Failed || (report.Status == UsageStatus.Cancelled && terms.GatewayInstance != running.Instance);
        long generated = Math.Min(report.CompletionTokens, terms.MaxCompletionTokens);
        var usage = new TokenUsage(broken ? 0 : report.PromptTokens, broken ? 0 : report.CachedTokens, generated, Math.Min(report.ReasoningTokens, generated));
        CompletionStatus status = broken ? CompletionStatus.Broken : report.Status == UsageStatus.Complete ? CompletionStatus.Complete : CompletionStatus.Cancelled;
        var completion = new JobCompletion(
            terms.AccountId, worker.WorkerId, terms.ProviderId, terms.Price, usage, terms.PromptTokens, null, status, SHA256.HashData(signed.Report));
        JobCompletionResult? result = await completions.CompleteAsync(jobId, completion, worker);
        LogCollected(jobId, worker.WorkerId, result?.Status);
    }

    private bool HasWaited(Guid jobId)
    {
        long now = time.GetTimestamp();
        long since = _firstSeen.GetOrAdd(jobId, now);
        if (time.GetElapsedTime(since, now) >= options.Value.Dispatch.ForeignReportGrace)
        {
            _firstSeen.TryRemove(jobId, out _);
            return true;
        }

        if (_firstSeen.Count > MaxSeen)
        {
            _firstSeen.Clear();
        }

        return false;
    }

    private sealed record KeptReport(SignedUsageReport Signed, UsageReport Report, Guid JobId, Guid LeaseId);
}
