using CocoonOrleans.Tunnel.Handshakes;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.WorkerHost.Metrics;

namespace CocoonOrleans.WorkerHost.Jobs;

/// <summary>Where jobs arrive. Whatever is wrong with one is said in the error record of its answer, with status 200.</summary>
internal sealed partial class JobEndpoint(JobGate gate, JobRun run, RequestGrammars grammars, WorkerMetrics metrics, TimeProvider time, ILogger<JobEndpoint> logger)
{
    // A job has its slot before its payload is read. Gateways have the whole payload when they send it.
    private static readonly TimeSpan PayloadLimit = TimeSpan.FromSeconds(30);

    /// <summary>Takes one job from its headers to its last record.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        await using var answer = new AnswerWriter(context.Response.BodyWriter, time, context.RequestAborted);
        try
        {
            JobDispatch dispatch = JobDispatch.FromHeaders(name => context.Request.Headers[name]);
            if (gate.TryEnter(dispatch, out JobPlace? place) is { } refusal)
            {
                await RefuseAsync(answer, dispatch.JobId, refusal);
                return;
            }
            using (place)
                await DoAsync(context, place!, answer);
        }
        catch (TunnelProtocolException e)
        {
            await RefuseAsync(answer, "without id", new JobError(JobErrorCodes.BadDispatch, e.Message, Retryable: false));
        }
        catch (OperationCanceledException)
        {
            // Nobody waits for an answer; what was generated is in its usage report.
        }
    }

    private async Task DoAsync(HttpContext context, JobPlace place, AnswerWriter answer)
    {
        JobError? error;
        using var limit = new CancellationTokenSource(PayloadLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, context.RequestAborted);
        try
        {
            if (await JobPreparation.ReadPayloadAsync(context.Request, either.Token) is not { } payload)
            {
                error = new JobError(JobErrorCodes.PayloadTooLarge, $"The request has more than {TunnelProtocol.MaxPayloadBytes} bytes.", Retryable: false);
            }
            else if (JobPreparation.Prepare(place.Dispatch, place.Model, payload, grammars, out error) is { } job)
            {
                await run.AnswerAsync(job, answer, context.RequestAborted);
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            error = new JobError(JobErrorCodes.BadDispatch, $"The request did not come within {PayloadLimit.TotalSeconds:0} s.", Retryable: true);
        }

        if (error is not null)
        {
            await RefuseAsync(answer, place.Dispatch.JobId, error);
        }
    }

    private async Task RefuseAsync(AnswerWriter answer, string jobId, JobError error)
    {
        LogRefused(jobId, error.Code);
        metrics.Refused(error.Code);
        await answer.WriteAsync(error);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Refused job {JobId}: {Code}")]
    private partial void LogRefused(string jobId, string code);
}
