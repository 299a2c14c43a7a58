using System.Collections.Concurrent;
using CocoonOrleans.Gateway.Completions;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Gateway.Workers;
using CocoonOrleans.Grains.Jobs;
using CocoonOrleans.Market.Prices;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Tunnel.Accepting;
using CocoonOrleans.Tunnel.Messages;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Gateway.Receipts;

/// <summary>
/// Books the receipts that a worker still keeps: of jobs whose gateway died, whose tunnel broke, or whose charge could not be booked. A receipt of
/// another living gateway's job is left to it for a while, since only that one counted what was delivered.
/// </summary>
public sealed partial class ReceiptCollector(
    CompletionQueue completions, RunningJobs running, TermsSeal seal, IOptions<GatewayOptions> options, TimeProvider time, ILogger<ReceiptCollector> logger)
{
    private const int MaxSeen = 100_000;

    private readonly ConcurrentDictionary<Guid, long> _firstSeen = new();

    /// <summary>Fetches the worker's receipts and books those that are this gateway's to book. Never throws.</summary>
    public async Task CollectAsync(WorkerConnection worker, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(worker);
        try
        {
            HashSet<Guid> unclaimed = [];
            foreach (Kept kept in await FetchAsync(worker, cancellationToken))
            {
                if (!await IsOfRunningJobAsync(worker, kept, cancellationToken))
                {
                    unclaimed.Add(kept.JobId);
                }
            }

            if (unclaimed.Count == 0)
            {
                return;
            }

            // A job that was settled here while the first page was on its way runs no longer, though that page has its receipt. What a page fetched
            // after that still has was not acknowledged: nobody has settled it.
            foreach (Kept kept in await FetchAsync(worker, cancellationToken))
            {
                if (unclaimed.Contains(kept.JobId))
                {
                    await CollectAsync(worker, kept, cancellationToken);
                }
            }
        }
        catch (Exception e) when (e is TunnelLostException or TunnelProtocolException or OperationCanceledException or ObjectDisposedException)
        {
            LogFailed(worker.WorkerId, e.Message);
        }
    }

    private static async Task<IReadOnlyList<Kept>> FetchAsync(WorkerConnection worker, CancellationToken cancellationToken) =>
        [.. (await worker.Tunnel.GetReceiptsAsync(cancellationToken)).Select(Read)];

    private static Kept Read(KeptReceipt receipt) =>
        Guid.TryParseExact(receipt.JobId, "D", out Guid jobId) && Guid.TryParseExact(receipt.LeaseId, "D", out Guid leaseId)
            ? new Kept(receipt, jobId, leaseId)
            : throw new TunnelProtocolException("A kept receipt names no job of ours.");

    private async Task<bool> IsOfRunningJobAsync(WorkerConnection worker, Kept kept, CancellationToken cancellationToken)
    {
        if (running.FindLease(kept.JobId) is not { } current)
        {
            return false;
        }

        if (current != kept.LeaseId)
        {
            // Its lease counts no more: another worker serves the job, or serves it again.
            await AcknowledgeAsync(worker, kept, cancellationToken);
        }

        return true;
    }

    private async Task CollectAsync(WorkerConnection worker, Kept kept, CancellationToken cancellationToken)
    {
        if (seal.Open(kept.Receipt.Terms, kept.JobId, kept.LeaseId, worker.WorkerId) is not { } terms)
        {
            LogUnreadableTerms(kept.JobId, worker.WorkerId);
            await AcknowledgeAsync(worker, kept, cancellationToken);
            return;
        }

        var signed = new SignedReceipt(kept.Receipt.Receipt, kept.Receipt.Signature);
        if (terms.Receipt.Check(signed, options.Value.NetworkId, kept.JobId, terms.Price) is not { } receipt)
        {
            LogInvalid(kept.JobId, worker.WorkerId);
            await AcknowledgeAsync(worker, kept, cancellationToken);
            return;
        }

        if (terms.GatewayInstance != running.Instance && !HasWaited(kept.JobId))
        {
            return;
        }

        if (running.TryAdd(kept.JobId))
        {
            await BookAsync(worker, kept, receipt, terms, cancellationToken);
        }
    }

    private async Task BookAsync(WorkerConnection worker, Kept kept, CheckedReceipt receipt, JobTerms terms, CancellationToken cancellationToken)
    {
        TokenUsage reported = receipt.Usage;
        ReceiptStatus end = receipt.Receipt.Status;
        if (reported.Completion == 0 && end != ReceiptStatus.Complete)
        {
            // Nothing was generated, so nothing is charged. Vectors are complete without a token.
            await completions.AbandonAsync(kept.JobId, terms.AccountId, "nothing_generated");
            await AcknowledgeAsync(worker, kept, cancellationToken);
            return;
        }

        // How much of it was delivered is known here where this gateway served it; else it is at most what was allowed. A client whose gateway died has seen its
        // stream break, and pays for tokens, not for the prompt.
        bool broken = end == ReceiptStatus.Error || (end == ReceiptStatus.Partial && terms.GatewayInstance != running.Instance);
        long generated = Math.Min(reported.Completion, terms.MaxCompletionTokens);
        var usage = new TokenUsage(broken ? 0 : reported.Prompt, broken ? 0 : reported.Cached, generated, Math.Min(reported.Reasoning, generated));
        CompletionStatus status = broken ? CompletionStatus.Broken : end == ReceiptStatus.Complete ? CompletionStatus.Complete : CompletionStatus.Cancelled;
        var completion = new JobCompletion(
            terms.AccountId, worker.WorkerId, terms.ProviderId, terms.Price, usage, terms.PromptTokens, running.FindCounted(kept.JobId), status, receipt.Sha256);
        JobCompletionResult? result = await completions.CompleteAsync(kept.JobId, completion, worker);
        LogCollected(kept.JobId, worker.WorkerId, result?.Status);
    }

    private static Task AcknowledgeAsync(WorkerConnection worker, Kept kept, CancellationToken cancellationToken) =>
        worker.Tunnel.AcknowledgeReceiptAsync(kept.Receipt.JobId, cancellationToken);

    private bool HasWaited(Guid jobId)
    {
        long now = time.GetTimestamp();
        long since = _firstSeen.GetOrAdd(jobId, now);
        if (time.GetElapsedTime(since, now) >= options.Value.Dispatch.ForeignReceiptGrace)
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

    private sealed record Kept(KeptReceipt Receipt, Guid JobId, Guid LeaseId);
}
