using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.WorkerHost.Receipts;

namespace CocoonOrleans.WorkerHost.Jobs;

/// <summary>Says what jobs used, and keeps their receipts.</summary>
internal sealed class JobReceipts(ReceiptStore store, TimeProvider time)
{
    /// <summary>What a job has used until now.</summary>
    public AnswerUsage UsageOf(JobProgress progress, ReceiptStatus status)
    {
        // Nothing delivered, nothing charged: a prompt that nobody got an answer to is ours to bear.
        var (usage, job) = (progress.Usage, progress.Job);
        bool empty = usage.CompletionTokens == 0 && status != ReceiptStatus.Complete;
        DateTimeOffset now = time.GetUtcNow();
        OfferedPrices prices = job.Dispatch.Prices;
        return new AnswerUsage
        {
            PromptTokens = empty ? 0 : usage.PromptTokens,
            CachedTokens = empty ? 0 : usage.CachedTokens,
            CompletionTokens = usage.CompletionTokens,
            ReasoningTokens = Math.Min(progress.ReasoningTokens, usage.CompletionTokens),
            Prices = new ReceiptPrices(
                prices.PromptNanoPerMillionTokens, prices.CachedNanoPerMillionTokens, prices.CompletionNanoPerMillionTokens, prices.RequestNano).Hash(),
            Started = progress.Started,
            Ended = now < progress.Started ? progress.Started : now,
            ModelManifest = job.ModelManifest,
            Auction = job.Dispatch.Auction is { } auction ? new Digest(Convert.FromHexString(auction)) : null,
        };
    }

    /// <summary>Keeps a receipt; it is on the disk when this returns.</summary>
    public Task KeepAsync(JobDispatch dispatch, SignedReceipt receipt) =>
        store.AddAsync(new KeptReceipt(dispatch.JobId, dispatch.LeaseId, receipt.Receipt.ToArray(), receipt.Signature.ToArray(), dispatch.Terms));
}
