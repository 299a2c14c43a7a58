using System.Collections.Frozen;
using CocoonOrleans.Gateway.Admission;
using CocoonOrleans.Gateway.Completions;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Gateway.Markets;
using CocoonOrleans.Gateway.Workers;
using CocoonOrleans.Grains.Workers;
using CocoonOrleans.Tunnel.Accepting;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.Tunnel.Records;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Gateway.Dispatch;

/// <summary>Sends a job to one worker and reads its answer, holding it to the protocol. Whatever the worker does comes back as a result.</summary>
public sealed class WorkerAttempt(
    TermsSeal seal, TenantNames tenants, RunningJobs running, IOptions<GatewayOptions> options, TimeProvider time)
{
    private const int MaxMessageLength = 500;

    /// <summary>A worker gives up later than the gateway does: the end of a request's time is the gateway's to tell and to charge for, whoever's clock is ahead.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(2);

    /// <summary>What a worker may say to a job without having failed it.</summary>
    private static readonly FrozenSet<string> Refusals = FrozenSet.Create(
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
        JobErrorCodes.UsageBacklog);

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
        var answer = new Answer(lease, target.Begin(), firstToken);
        try
        {
            await using JobStream stream = await lease.Worker.Tunnel.SendJobAsync(Dispatch(job, lease), job.Payload, either.Token);
            return await ReadAsync(stream, answer, either.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The stream is reset. What was let go of has its report at the worker, as soon as that has stopped.
            return answer.Stop() with { Report = await UsageReportReading.FetchAsync(lease, time) };
        }
        catch (OperationCanceledException) when (firstToken.IsCancellationRequested)
        {
            return answer.End(LeaseOutcome.Failed, "no_first_token");
        }
        catch (Exception e) when (e is TunnelLostException or ObjectDisposedException)
        {
            return answer.End(LeaseOutcome.Failed, "connection_lost");
        }
        catch (TunnelProtocolException)
        {
            return answer.End(LeaseOutcome.Garbage, "protocol");
        }
    }

    private static async Task<AttemptResult> ReadAsync(JobStream stream, Answer answer, CancellationToken cancellationToken)
    {
        await foreach (Record record in stream.ReadAllAsync(cancellationToken))
        {
            AttemptResult? end = record.Type switch
            {
                RecordType.Meta => answer.TakeMeta(record.ReadMeta()),
                RecordType.Data => await answer.TakeDataAsync(record.Body),
                RecordType.Final => answer.TakeFinal(record.ReadFinal()),
                RecordType.Error => answer.TakeError(record.ReadError()),
                _ => null,
            };
            if (end is not null)
            {
                return end;
            }
        }

        throw new TunnelLostException("The answer has no last record.");
    }

    private JobDispatch Dispatch(AdmittedJob job, LeaseGrant lease)
    {
        var terms = new JobTerms(
            running.Instance, job.Caller.AccountId, lease.Worker.Registration.ProviderId, lease.Price, job.PromptTokens, job.MaxCompletionTokens);
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
            tenants.Of(job.Caller.AccountId, lease.Worker.WorkerId),
            job.Kind);
    }

    /// <summary>What has come so far.</summary>
    private sealed class Answer(LeaseGrant lease, AnswerReader reader, CancellationTokenSource firstToken)
    {
        public AttemptResult Stop() => new(AttemptEnd.Stopped, LeaseOutcome.Cancelled, "stopped", reader.CountTokens());

        /// <summary>No more comes. Where the answer had come to its end, the client has all of it: what is wrong behind that is between the worker and us.</summary>
        public AttemptResult End(LeaseOutcome outcome, string reason) =>
            new(reader.FinishReason is null ? AttemptEnd.Failed : AttemptEnd.Finished, outcome, reason, reader.CountTokens());

        public AttemptResult? TakeMeta(JobMeta meta) =>
            meta.ModelManifestSha256 == lease.ManifestSha256 ? null : End(LeaseOutcome.Garbage, "other_model");

        public async ValueTask<AttemptResult?> TakeDataAsync(ReadOnlyMemory<byte> body)
        {
            string? fault = await reader.TakeAsync(body);
            if (reader.HasBegun)
            {
                firstToken.CancelAfter(Timeout.InfiniteTimeSpan);
            }

            return fault is null ? null : End(LeaseOutcome.Garbage, fault);
        }

        public AttemptResult TakeFinal(JobFinal final)
        {
            // The answer is good; a report that isn't costs the worker its prompt tokens and its reputation.
            CheckedReport? report = UsageReportReading.Check(final.Usage, lease);
            return reader.FinishReason is null ? End(LeaseOutcome.Garbage, "no_finish")
                : report?.Report.FinishReason != reader.FinishReason ? End(LeaseOutcome.Garbage, "bad_report")
                : End(LeaseOutcome.Completed, "finished") with { Report = report };
        }

        public AttemptResult TakeError(JobError error)
        {
            CheckedReport? report = error.Usage is null ? null : UsageReportReading.Check(error.Usage, lease);
            if (ErrorKinds.Find(error.Code) is { Status: 400 } kind)
            {
                string message = error.Message.Length > MaxMessageLength ? error.Message[..MaxMessageLength] : error.Message;
                return End(LeaseOutcome.Refused, error.Code) with { Error = new ApiError(kind, message) { Param = error.Param }, Report = report };
            }

            return Refusals.Contains(error.Code)
                ? End(LeaseOutcome.Refused, error.Code) with { MayRepeat = error.Code is JobErrorCodes.NoFreeSlot or JobErrorCodes.TunnelFull }
                : End(LeaseOutcome.Failed, "worker_error") with { Report = report };
        }
    }
}
