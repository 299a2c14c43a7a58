using System.Collections.Frozen;
using CocoonOrleans.Gateway.Admission;
using CocoonOrleans.Gateway.Completions;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Gateway.Markets;
using CocoonOrleans.Gateway.Receipts;
using CocoonOrleans.Gateway.Sealing;
using CocoonOrleans.Gateway.Workers;
using CocoonOrleans.Grains.Workers;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Records;
using CocoonOrleans.Sealing.Requests;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tunnel.Accepting;
using CocoonOrleans.Tunnel.Handshakes;
using CocoonOrleans.Tunnel.Messages;
using Microsoft.Extensions.Options;
using AnswerError = CocoonOrleans.Sealing.Answers.AnswerError;
using AnswerMeta = CocoonOrleans.Sealing.Answers.AnswerMeta;
using AnswerOpener = CocoonOrleans.Sealing.Answers.AnswerOpener;
using SealedAnswerReader = CocoonOrleans.Sealing.Answers.AnswerReader;

namespace CocoonOrleans.Gateway.Dispatch;

/// <summary>Seals a job to one worker and reads its answer, holding it to the protocol. Whatever the worker does comes back as a result.</summary>
public sealed class WorkerAttempt(
    JobSealer sealer, TermsSeal seal, LateReceipts lateReceipts, RunningJobs running, IOptions<GatewayOptions> options, TimeProvider time)
{
    private const int MaxMessageLength = 500;
    private const string BadReceipt = "bad_receipt";

    /// <summary>A worker gives up later than the gateway does: the end of a request's time is the gateway's to tell and to charge for, whoever's clock is ahead.</summary>
    internal static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(2);

    /// <summary>What a worker may say to a job without having failed it.</summary>
    internal static FrozenSet<string> Refusals { get; } = FrozenSet.Create(
        JobErrorCodes.BadDispatch,
        JobErrorCodes.ModelNotServed,
        JobErrorCodes.NoFreeSlot,
        JobErrorCodes.TunnelFull,
        JobErrorCodes.Draining,
        JobErrorCodes.LeaseExpired,
        JobErrorCodes.DeadlineTooShort,
        JobErrorCodes.PriceTooLow,
        JobErrorCodes.DuplicateJob,
        JobErrorCodes.PayloadTooLarge,
        JobErrorCodes.ReceiptBacklog,
        SealingErrorCodes.Rejected);

    /// <summary>Runs the job at the worker that has the lease.</summary>
    /// <param name="job">The job.</param>
    /// <param name="lease">The slot.</param>
    /// <param name="target">What becomes of the answer.</param>
    /// <param name="stop">The client left, or the job's time is over.</param>
    public async Task<AttemptResult> RunAsync(AdmittedJob job, LeaseGrant lease, IJobAnswer target, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(lease);
        ArgumentNullException.ThrowIfNull(target);
        using var firstToken = new CancellationTokenSource(options.Value.Dispatch.FirstTokenLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, firstToken.Token);
        AnswerReader reader = target.Begin();
        Answer? answer = null;
        try
        {
            for (bool alone = false; ; alone = true)
            {
                if (!sealer.TrySeal(job, lease, alone, out SealedRequest? request, out TrustTier tier, out SealingFault fault))
                {
                    return new AttemptResult(AttemptEnd.Failed, LeaseOutcome.Refused, $"unsealable_{fault}", 0);
                }

                using (request)
                {
                    answer = new Answer(job, lease, request, tier, reader, firstToken);
                    reader.Worker = new ServingWorker(lease.Worker.WorkerId, tier, answer.Binding.StatementHash, lease.Worker.Registration.Engine.Kind);
                    AttemptResult ended;
                    await using (JobStream stream = await lease.Worker.Tunnel.SendJobAsync(Dispatch(job, lease, answer.Binding), request.Bytes, either.Token))
                    {
                        if (stream.Refusal is { Code: SealingErrorCodes.Rejected } && request.Header.Counter is not null)
                        {
                            // The worker says no more than that. Where it has no room for the session, a request that stands alone is taken.
                            continue;
                        }

                        if (stream.Refusal is { } refusal)
                        {
                            return answer.TakeRefusal(refusal);
                        }

                        if (alone)
                        {
                            lease.Worker.Seal.GiveUpSession(answer.Binding.StatementHash);
                        }

                        ended = await ReadAsync(stream, request, answer, either.Token);
                    }

                    // Cut where the hold ends, or broken off behind its last word: the worker has a receipt as soon as it has stopped.
                    return ended is { End: AttemptEnd.Finished, Receipt: null, Reason: not BadReceipt }
                        ? ended with { Receipt = await lateReceipts.FetchAsync(lease, answer.Binding) }
                        : ended;
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The stream is reset. What was let go of has its receipt at the worker, as soon as that has stopped.
            return answer!.Stop() with { Receipt = await lateReceipts.FetchAsync(lease, answer.Binding), ReceiptMayCome = true };
        }
        catch (OperationCanceledException) when (firstToken.IsCancellationRequested)
        {
            return answer!.End(LeaseOutcome.Failed, "no_first_token");
        }
        catch (Exception e) when (e is TunnelLostException or ObjectDisposedException)
        {
            // Where all of the answer had come, a worker that lives delivers its receipt over its next tunnel.
            AttemptResult lost = answer!.End(LeaseOutcome.Failed, LostReason(lease.Worker));
            return lost with { ReceiptMayCome = lost.End == AttemptEnd.Finished };
        }
        catch (TunnelProtocolException)
        {
            return answer!.End(LeaseOutcome.Garbage, "protocol");
        }
    }

    /// <summary>Why a tunnel broke: what was revoked is told apart from what died.</summary>
    internal static string LostReason(WorkerConnection worker) => worker.Seal.IsRevoked ? TunnelRefusalCodes.Revoked : "connection_lost";

    /// <summary>Opens the answer record by record. One that is not sealed, or ends without its last record, is garbage, however well it reads.</summary>
    private static async Task<AttemptResult> ReadAsync(JobStream stream, SealedRequest request, Answer answer, CancellationToken cancellationToken)
    {
        using AnswerOpener opener = request.OpenAnswer();
        var records = new SealedAnswerReader(opener, stream.Body);
        while (await records.ReadAsync(cancellationToken) is { } record)
        {
            AttemptResult? end = record.Type switch
            {
                SealedRecordType.Meta => answer.TakeMeta(opener.Meta!),
                SealedRecordType.Data => await answer.TakeDataAsync(record.Data),
                SealedRecordType.Final => answer.TakeFinal(opener),
                SealedRecordType.Error => answer.TakeError(opener),
                _ => null,
            };
            if (end is not null)
            {
                return end;
            }
        }

        return answer.End(LeaseOutcome.Garbage, $"sealing_{opener.Fault}");
    }

    private JobDispatch Dispatch(AdmittedJob job, LeaseGrant lease, ReceiptBinding binding)
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
            job.Until + ClockSkew,
            lease.Price.ToWire(),
            seal.Seal(terms, job.JobId, lease.LeaseId, lease.Worker.WorkerId),
            job.Kind)
        {
            Auction = lease.Auction.Hash.ToString(),
        };
    }

    /// <summary>What has come so far.</summary>
    private sealed class Answer(AdmittedJob job, LeaseGrant lease, SealedRequest request, TrustTier tier, AnswerReader reader, CancellationTokenSource firstToken)
    {
        private readonly BoundStatement _statement = request.Workers.Single();

        /// <summary>What its receipt must agree with.</summary>
        public ReceiptBinding Binding { get; } = ReceiptBinding.Of(request, lease.ManifestSha256, lease.Auction.Hash);

        public AttemptResult Stop() => new(AttemptEnd.Stopped, LeaseOutcome.Cancelled, "stopped", reader.CountTokens()) { Statement = _statement, Tier = tier };

        /// <summary>No more comes. Where the answer had come to its end, the client has all of it: what is wrong behind that is between the worker and us.</summary>
        public AttemptResult End(LeaseOutcome outcome, string reason) =>
            new(reader.FinishReason is null ? AttemptEnd.Failed : AttemptEnd.Finished, outcome, reason, reader.CountTokens()) { Statement = _statement, Tier = tier };

        /// <summary>A refusal is not sealed: it may say that the worker is busy, but nothing of the client's request.</summary>
        public AttemptResult TakeRefusal(JobRefusal refusal) => Refusals.Contains(refusal.Code) ? Refused(refusal.Code) : End(LeaseOutcome.Failed, "worker_error");

        public AttemptResult? TakeMeta(AnswerMeta meta) => meta.ModelManifest == Binding.ModelManifest ? null : End(LeaseOutcome.Garbage, "other_model");

        public async ValueTask<AttemptResult?> TakeDataAsync(ReadOnlyMemory<byte> bytes)
        {
            string? fault = await reader.TakeAsync(bytes);
            if (reader.HasBegun)
            {
                firstToken.CancelAfter(Timeout.InfiniteTimeSpan);
            }

            return fault is null ? null : End(LeaseOutcome.Garbage, fault);
        }

        public AttemptResult TakeFinal(AnswerOpener opener)
        {
            // The answer is good; a receipt that isn't costs the worker its pay and its reputation.
            CheckedReceipt? receipt = Check(opener, opener.Final!.Receipt);
            return reader.FinishReason is null ? End(LeaseOutcome.Garbage, "no_finish")
                : receipt is null || opener.Final.FinishReason != reader.FinishReason ? End(LeaseOutcome.Garbage, BadReceipt)
                : End(LeaseOutcome.Completed, "finished") with { Receipt = receipt };
        }

        public AttemptResult TakeError(AnswerOpener opener)
        {
            AnswerError error = opener.Error!;
            CheckedReceipt? receipt = error.Receipt is { } signed ? Check(opener, signed) : null;
            if (ErrorKinds.Find(error.Code) is { Status: 400 } kind)
            {
                string message = error.Message.Length > MaxMessageLength ? error.Message[..MaxMessageLength] : error.Message;
                return End(LeaseOutcome.Refused, error.Code) with { Error = new ApiError(kind, message) { Param = error.Field }, Receipt = receipt };
            }

            return Refusals.Contains(error.Code) ? Refused(error.Code) : End(LeaseOutcome.Failed, "worker_error") with { Receipt = receipt };
        }

        private AttemptResult Refused(string code) =>
            End(LeaseOutcome.Refused, code) with { MayRepeat = code is JobErrorCodes.NoFreeSlot or JobErrorCodes.TunnelFull };

        private CheckedReceipt? Check(AnswerOpener opener, SignedReceipt signed) =>
            opener.CheckReceipt(out UsageReceipt? receipt) == ReceiptFault.None ? Binding.Check(signed, receipt!, job.JobId, lease.Price) : null;
    }
}
