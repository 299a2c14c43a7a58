using System.Text.Json;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Answers;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Requests;
using CocoonOrleans.Tunnel.Handshakes;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.WorkerHost.Metrics;

namespace CocoonOrleans.WorkerHost.Jobs;

/// <summary>
/// Where jobs arrive. What is wrong with one before its payload is opened is said in the clear, with a status of its own; whatever is said of an opened one is
/// sealed.
/// </summary>
internal sealed partial class JobEndpoint(
    JobGate gate, RequestOpener opener, ReceiptKey receiptKey, JobRun run, RequestGrammars grammars, WorkerMetrics metrics, TimeProvider time, ILogger<JobEndpoint> logger)
{
    // A job has its slot before its payload is read. Gateways have the whole payload when they send it.
    private static readonly TimeSpan PayloadLimit = TimeSpan.FromSeconds(30);

    private static readonly JobRefusal Rejected = new(SealingErrorCodes.Rejected, "The sealed request can't be taken.", Retryable: true);

    private static readonly JobRefusal TooLarge =
        new(JobErrorCodes.PayloadTooLarge, $"The request has more than {TunnelProtocol.MaxPayloadBytes} bytes.", Retryable: false);

    private static readonly JobRefusal TooSlow =
        new(JobErrorCodes.BadDispatch, $"The request did not come within {PayloadLimit.TotalSeconds:0} s.", Retryable: true);

    private static readonly JobRefusal OtherRequest =
        new(JobErrorCodes.BadDispatch, "The sealed request is not the one that the dispatch names.", Retryable: false);

    /// <summary>Takes one job from its headers to its last record.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            JobDispatch dispatch = JobDispatch.FromHeaders(name => context.Request.Headers[name]);
            if (gate.TryEnter(dispatch, out JobPlace? place) is { } refusal)
            {
                await RefuseAsync(context, dispatch.JobId, refusal);
                return;
            }

            using (place)
            {
                await OpenAsync(context, place!);
            }
        }
        catch (TunnelProtocolException e)
        {
            await RefuseAsync(context, "without id", new JobRefusal(JobErrorCodes.BadDispatch, e.Message, Retryable: false));
        }
        catch (OperationCanceledException)
        {
            // Nobody waits for an answer; what was generated is in its receipt.
        }
    }

    private async Task OpenAsync(HttpContext context, JobPlace place)
    {
        (OpenedRequest? request, JobRefusal? refusal) = await ReadAsync(context, place.Dispatch);
        if (request is null)
        {
            await RefuseAsync(context, place.Dispatch.JobId, refusal!);
            return;
        }

        using (request)
        {
            await using var answer = new AnswerWriter(new PacedAnswer(request, context.Response.BodyWriter, time, context.RequestAborted), receiptKey);
            if (JobPreparation.Prepare(place.Dispatch, place.Model, request, grammars, out JobError? error) is { } job)
            {
                await run.AnswerAsync(job, answer, context.RequestAborted);
                return;
            }

            Refused(place.Dispatch.JobId, error!.Code);
            await answer.FailAsync(error);
        }
    }

    private async Task<(OpenedRequest? Request, JobRefusal? Refusal)> ReadAsync(HttpContext context, JobDispatch dispatch)
    {
        using var limit = new CancellationTokenSource(PayloadLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, context.RequestAborted);
        ReadOnlyMemory<byte>? payload;
        try
        {
            payload = await JobPreparation.ReadPayloadAsync(context.Request, either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            return (null, TooSlow);
        }

        if (payload is null)
        {
            return (null, TooLarge);
        }

        if (!opener.TryOpen(payload.Value.Span, out OpenedRequest? request, out SealingFault fault))
        {
            metrics.Rejected(fault);
            return (null, Rejected);
        }

        RequestTerms terms = request.Header.Terms;
        if (terms.RequestId.ToString("D") != dispatch.JobId || terms.Model != dispatch.Model)
        {
            request.Dispose();
            return (null, OtherRequest);
        }

        return (request, null);
    }

    private Task RefuseAsync(HttpContext context, string jobId, JobRefusal refusal)
    {
        Refused(jobId, refusal.Code);
        context.Response.StatusCode = TunnelRoutes.RefusedStatus;
        return JsonSerializer.SerializeAsync(context.Response.Body, refusal, TunnelJson.Default.JobRefusal, context.RequestAborted);
    }

    private void Refused(string jobId, string code)
    {
        LogRefused(jobId, code);
        metrics.Refused(code);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Refused job {JobId}: {Code}")]
    private partial void LogRefused(string jobId, string code);
}
