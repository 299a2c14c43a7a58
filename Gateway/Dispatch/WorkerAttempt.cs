using CocoonOrleans.Gateway.Admission;
using CocoonOrleans.Gateway.Completions;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Gateway.Markets;
using CocoonOrleans.Gateway.Metrics;
using CocoonOrleans.Gateway.Workers;
using CocoonOrleans.Grains.Workers;
using CocoonOrleans.Tokenization.Tokenizers;
using CocoonOrleans.Tunnel.Accepting;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.Tunnel.Records;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Gateway.Dispatch;

/// <summary>Sends a job to one worker and reads its answer, holding it to the protocol. Whatever the worker does comes back as a result.</summary>
public sealed class WorkerAttempt(TermsSeal seal, RunningJobs running, IOptions<GatewayOptions> options, GatewayMetrics metrics, TimeProvider time)
{
    private const int MaxMessageLength = 500;

    /// <summary>Runs the job at the worker that has the lease.</summary>
    /// <param name="job">The job.</param>
    /// <param name="lease">The slot.</param>
    /// <param name="sink">Where the answer goes.</param>
    /// <param name="stop">The client left, or the job's time is over.</param>
    public async Task<AttemptResult> RunAsync(ChatJob job, LeaseGrant lease, IAnswerSink sink, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(lease);
        ArgumentNullException.ThrowIfNull(sink);
        using var firstToken = new CancellationTokenSource(options.Value.Dispatch.FirstTokenLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, firstToken.Token);
        var answer = new Answer(job, lease, sink, firstToken, metrics, time);
        AttemptResult result;
        try
        {
            await using JobStream stream = await lease.Worker.Tunnel.SendJobAsync(Dispatch(job, lease), job.Payload, either.Token);
            result = await ReadAsync(stream, answer, either.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            result = answer.End(AttemptEnd.Stopped, LeaseOutcome.Cancelled, "stopped");
        }
        catch (OperationCanceledException) when (firstToken.IsCancellationRequested)
        {
            result = answer.End(AttemptEnd.Failed, LeaseOutcome.Failed, "no_first_token");
        }
        catch (Exception e) when (e is TunnelLostException or ObjectDisposedException)
        {
            result = answer.End(AttemptEnd.Failed, LeaseOutcome.Failed, "connection_lost");
        }
        catch (TunnelProtocolException)
        {
            result = answer.End(AttemptEnd.Failed, LeaseOutcome.Garbage, "protocol");
        }

        // What was let go of still has its report at the worker.
        bool letGo = result.End == AttemptEnd.Stopped || answer.WasCut;
        return letGo && result.Report is null
            ? result with { Report = await UsageReportReading.FetchAsync(lease, time, CancellationToken.None) }
            : result;
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

        // Not reached: a stream without a last record throws.
        return answer.End(AttemptEnd.Failed, LeaseOutcome.Garbage, "truncated");
    }

    private JobDispatch Dispatch(ChatJob job, LeaseGrant lease)
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
            job.Until,
            lease.Price.ToWire(),
            seal.Seal(terms, job.JobId, lease.LeaseId, lease.Worker.WorkerId));
    }

    private static int Count(Tokenizer tokenizer, string text)
    {
        try
        {
            return tokenizer.Count(text);
        }
        catch (TokenizerFormatException)
        {
            // A text made to keep the splitting pattern busy is not paid for.
            return 0;
        }
    }

    /// <summary>What has come so far.</summary>
    private sealed class Answer(
        ChatJob job, LeaseGrant lease, IAnswerSink sink, CancellationTokenSource firstToken, GatewayMetrics metrics, TimeProvider time)
    {
        private readonly ChunkReader _chunks = new(JobNames.OfCompletion(job.JobId), job.Created.ToUnixTimeSeconds(), job.Model.Name);
        private readonly AnswerText _text = new(text => Count(job.ChatModel.Tokenizer, text), job.MaxCompletionTokens);
        private readonly long _sent = time.GetTimestamp();
        private string? _finishReason;

        public bool WasCut { get; private set; }

        public AttemptResult End(AttemptEnd end, LeaseOutcome outcome, string reason) => new(end, outcome, reason, _text.CountTokens());

        public AttemptResult? TakeMeta(JobMeta meta) =>
            meta.ModelManifestSha256 == lease.ManifestSha256 ? null : End(AttemptEnd.Failed, LeaseOutcome.Garbage, "other_model");

        public async ValueTask<AttemptResult?> TakeDataAsync(ReadOnlyMemory<byte> body)
        {
            if (_chunks.Read(body.Span, out ChunkContent content) is not ChunkFault.None and var fault)
            {
                return End(AttemptEnd.Failed, LeaseOutcome.Garbage, $"chunk_{fault}");
            }

            bool first = _text.IsEmpty && content.Text.Length > 0;
            if (!_text.TryAppend(content.Text))
            {
                WasCut = true;
                await sink.DeliverAsync(ChunkWriting.Finish(job, "length"), new ChunkContent(false, "", "length"));
                return End(AttemptEnd.Finished, LeaseOutcome.Garbage, "too_many_tokens") with { FinishReason = "length" };
            }

            if (first || content.FinishReason is not null)
            {
                firstToken.CancelAfter(Timeout.InfiniteTimeSpan);
            }

            if (first)
            {
                metrics.FirstToken(job.Arrived, job.Model.Name);
                metrics.FirstRecord(_sent);
            }

            _finishReason = content.FinishReason;
            await sink.DeliverAsync(body, content);
            return null;
        }

        public AttemptResult TakeFinal(JobFinal final)
        {
            if (_finishReason is null)
            {
                return End(AttemptEnd.Failed, LeaseOutcome.Garbage, "no_finish");
            }

            // The answer is good; a report that isn't costs the worker its prompt tokens and its reputation.
            CheckedReport? report = UsageReportReading.Check(final.Usage, lease);
            bool good = report?.Report.FinishReason == _finishReason;
            return End(AttemptEnd.Finished, good ? LeaseOutcome.Completed : LeaseOutcome.Garbage, good ? "finished" : "bad_report") with
            {
                FinishReason = _finishReason,
                Report = good ? report : null,
            };
        }

        public AttemptResult TakeError(JobError error)
        {
            CheckedReport? report = error.Usage is null ? null : UsageReportReading.Check(error.Usage, lease);
            if (ErrorKinds.Find(error.Code) is { Status: 400 } kind)
            {
                string message = error.Message.Length > MaxMessageLength ? error.Message[..MaxMessageLength] : error.Message;
                return End(AttemptEnd.ClientFault, LeaseOutcome.Refused, error.Code) with { Error = new ApiError(kind, message) { Param = error.Param }, Report = report };
            }

            LeaseOutcome outcome = error.Code switch
            {
                JobErrorCodes.EngineFailed => LeaseOutcome.Failed,
                JobErrorCodes.BadDispatch or JobErrorCodes.ModelNotServed or JobErrorCodes.NoFreeSlot or JobErrorCodes.TunnelFull or JobErrorCodes.Draining
                    or JobErrorCodes.LeaseExpired or JobErrorCodes.PriceTooLow or JobErrorCodes.DuplicateJob or JobErrorCodes.PayloadTooLarge
                    or JobErrorCodes.UsageBacklog => LeaseOutcome.Refused,
                _ => LeaseOutcome.Failed,
            };
            return End(AttemptEnd.Failed, outcome, outcome == LeaseOutcome.Refused ? error.Code : "worker_error") with { Report = report };
        }
    }
}
