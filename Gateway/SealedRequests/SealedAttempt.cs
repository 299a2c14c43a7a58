using System.IO.Pipelines;
using CocoonOrleans.Gateway.Completions;
using CocoonOrleans.Gateway.Dispatch;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Gateway.Markets;
using CocoonOrleans.Gateway.Receipts;
using CocoonOrleans.Gateway.Workers;
using CocoonOrleans.Grains.Workers;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tunnel.Accepting;
using CocoonOrleans.Tunnel.Messages;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Gateway.SealedRequests;

/// <summary>Takes a client's sealed request to one worker and its answer back, unread. What it used is known from the worker's receipt alone.</summary>
public sealed class SealedAttempt(TermsSeal seal, LateReceipts lateReceipts, RunningJobs running, IOptions<GatewayOptions> options, TimeProvider time)
{
    /// <summary>Runs the job at the worker that has the lease.</summary>
    /// <param name="job">The job.</param>
    /// <param name="lease">The slot, of one of the job's workers.</param>
    /// <param name="target">Where the answer goes.</param>
    /// <param name="stop">The client left, or the job's time is over.</param>
    public async Task<AttemptResult> RunAsync(SealedJob job, LeaseGrant lease, SealedAnswer target, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(lease);
        ArgumentNullException.ThrowIfNull(target);
        using var firstByte = new CancellationTokenSource(options.Value.Dispatch.FirstTokenLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, firstByte.Token);
        BoundStatement statement = job.Workers[lease.Worker.WorkerId];
        var binding = new ReceiptBinding(job.HeaderHash, statement.Hash, statement.Statement.ReceiptKey, new Digest(Convert.FromHexString(lease.ManifestSha256))) { Auction = lease.Auction.Hash };
        AnswerReader reader = target.Begin();
        try
        {
            await using JobStream stream = await lease.Worker.Tunnel.SendJobAsync(Dispatch(job, lease, binding), job.Payload, either.Token);
            if (stream.Refusal is { } refusal)
            {
                bool isKnown = WorkerAttempt.Refusals.Contains(refusal.Code);
                return End(isKnown ? LeaseOutcome.Refused : LeaseOutcome.Failed, isKnown ? refusal.Code : "worker_error") with
                {
                    MayRepeat = refusal.Code is JobErrorCodes.NoFreeSlot or JobErrorCodes.TunnelFull,
                };
            }

            target.Price(lease.Price);
            await PassOnAsync(stream.Body, reader, firstByte, either.Token);
            target.HasEnded = true;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            CheckedReceipt? late = await lateReceipts.FetchAsync(lease, binding);
            return End(LeaseOutcome.Cancelled, "stopped", AttemptEnd.Stopped) with { Receipt = late, ReceiptMayCome = true };
        }
        catch (OperationCanceledException) when (firstByte.IsCancellationRequested)
        {
            return End(LeaseOutcome.Failed, "no_first_token");
        }
        catch (Exception e) when (e is TunnelLostException or ObjectDisposedException)
        {
            return End(LeaseOutcome.Failed, WorkerAttempt.LostReason(lease.Worker));
        }
        catch (TunnelProtocolException)
        {
            return End(LeaseOutcome.Garbage, "protocol");
        }

        (CheckedReceipt? receipt, bool isSure) = await lateReceipts.FindAsync(lease, binding);
        return receipt?.Receipt.Status == ReceiptStatus.Complete
            ? End(LeaseOutcome.Completed, "finished", AttemptEnd.Finished) with { Receipt = receipt }
            : End(receipt is null ? LeaseOutcome.Refused : LeaseOutcome.Failed, "worker_error") with { Receipt = receipt, ReceiptMayCome = !isSure };

        AttemptResult End(LeaseOutcome outcome, string reason, AttemptEnd end = AttemptEnd.Failed) => new(end, outcome, reason, reader.CountTokens()) { Statement = statement };
    }

    private static async Task PassOnAsync(PipeReader body, AnswerReader reader, CancellationTokenSource firstByte, CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult read = await body.ReadAsync(cancellationToken);
            foreach (ReadOnlyMemory<byte> segment in read.Buffer)
            {
                await reader.TakeAsync(segment).AsTask().WaitAsync(cancellationToken);
                firstByte.CancelAfter(Timeout.InfiniteTimeSpan);
            }

            body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return;
            }
        }
    }

    private JobDispatch Dispatch(SealedJob job, LeaseGrant lease, ReceiptBinding binding)
    {
        var terms = new JobTerms(
            running.Instance, job.Caller.AccountId, lease.Worker.Registration.ProviderId, lease.Price, job.PromptTokens, job.MaxCompletionTokens, binding);
        return new JobDispatch(
            JobNames.OfJob(job.JobId),
            JobNames.OfLease(lease.LeaseId),
            job.Model.Name,
            JobNames.OfCompletion(job.JobId),
            job.Created,
            job.MaxCompletionTokens,
            job.Until + WorkerAttempt.ClockSkew,
            lease.Price.ToWire(),
            seal.Seal(terms, job.JobId, lease.LeaseId, lease.Worker.WorkerId),
            job.Kind)
        {
            Auction = lease.Auction.Hash.ToString(),
        };
    }
}
