using CocoonOrleans.Gateway.Admission;
using CocoonOrleans.Gateway.Authentication;
using CocoonOrleans.Gateway.Channels;
using CocoonOrleans.Gateway.Dispatch;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Health;
using CocoonOrleans.Gateway.Limits;
using CocoonOrleans.Gateway.Metrics;
using CocoonOrleans.Gateway.Replays;
using CocoonOrleans.Sealing.Statements;
using Microsoft.AspNetCore.Http.Features;

namespace CocoonOrleans.Gateway.Requests;

/// <summary>The way of every request that becomes a job: the body, admission, then what its endpoint makes of the job; counted and measured.</summary>
public sealed class RequestIntake(BodyReader bodies, JobAdmission admission, AnswerReplays replays, DrainState drain, OpenAnswers open, GatewayMetrics metrics, TimeProvider time)
{
    /// <summary>Answers a request.</summary>
    /// <param name="http">The request.</param>
    /// <param name="reader">Understands it.</param>
    /// <param name="answer">Runs the job and answers.</param>
    public async Task<IResult> HandleAsync<TJob>(HttpContext http, JobReader<TJob> reader, Func<TJob, Task<(JobResult Result, IResult Response)>> answer)
        where TJob : AdmittedJob
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(answer);
        open.Begin();
        try
        {
            return drain.IsDraining ? new ApiError(ErrorKinds.Shed, "This gateway is going down.") : await AnswerAsync(http, reader, answer);
        }
        finally
        {
            open.End();
        }
    }

    private async Task<IResult> AnswerAsync<TJob>(HttpContext http, JobReader<TJob> reader, Func<TJob, Task<(JobResult Result, IResult Response)>> answer)
        where TJob : AdmittedJob
    {
        long arrived = time.GetTimestamp();
        Caller caller = http.Features.GetRequiredFeature<Caller>();
        (byte[] body, ApiError? error) = await bodies.ReadAsync(http, reader.MediaType, reader.OverheadBytes);
        if (error is not null)
        {
            return error;
        }

        if (!VoucherHeader.TryRead(http.Request.Headers, out byte[]? voucher, out error))
        {
            return error!;
        }

        if (!StrictHeader.TryRead(http.Request.Headers, out bool isStrict, out error))
        {
            return error!;
        }

        string? idempotencyKey = http.Request.Headers[JobAdmission.IdempotencyHeader];
        var intake = new JobIntake(caller, body, idempotencyKey, arrived, voucher, isStrict);
        if (idempotencyKey is null && await replays.AdoptAsync(http, caller.KeyId, intake.BodySha256) is { } adopted)
        {
            return adopted;
        }

        (TJob? job, error, Guid? repeatOf) = await admission.AdmitAsync(intake, reader);
        if (repeatOf is { } earlier && idempotencyKey is not null
            && await replays.AnswerAsync(http, caller.KeyId, ApiKeyFilter.KeyOf(http), idempotencyKey, earlier, intake.BodySha256) is { } replay)
        {
            return replay;
        }

        if (job is null)
        {
            metrics.Request(arrived, model: null, tier: null, error!.Kind.Code);
            return error;
        }

        job = job with { Log = replays.Begin(job, http.Request.Path, intake.BodySha256) };

        metrics.StreamsOpen(1, job.Model.Name);
        string? code = "fault";
        TrustTier? tier = null;
        bool isWhole = false;
        try
        {
            (JobResult result, IResult response) = await answer(job);
            isWhole = result is JobAnswer;
            (code, tier) = (CodeOf(result), (result as JobAnswer)?.Tier);
            return response;
        }
        finally
        {
            if (job.Log is { } log)
            {
                replays.End(job, log, http.Request.Path, ApiKeyFilter.KeyOf(http), idempotencyKey, isWhole);
            }

            metrics.StreamsOpen(-1, job.Model.Name);
            metrics.Request(arrived, job.Model.Name, tier, code);
        }
    }

    /// <summary>How an answer ended, for the metrics; null where it is good.</summary>
    private static string? CodeOf(JobResult result) => result switch
    {
        JobAnswer or JobDetached => null,
        JobFailure failure => failure.Error.Kind.Code,
        _ => "client_left",
    };
}
