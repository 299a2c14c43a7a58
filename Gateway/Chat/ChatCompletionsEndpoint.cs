using CocoonOrleans.Gateway.Admission;
using CocoonOrleans.Gateway.Authentication;
using CocoonOrleans.Gateway.Cluster;
using CocoonOrleans.Gateway.Dispatch;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Health;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Gateway.Limits;
using CocoonOrleans.Gateway.Metrics;
using CocoonOrleans.Grains.Jobs;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Gateway.Chat;

/// <summary><c>POST /v1/chat/completions</c>, as one document and as a stream.</summary>
public sealed class ChatCompletionsEndpoint(
    BodyReader bodies, ChatAdmission admission, JobRunner jobs, DrainState drain, OpenAnswers open, IOptions<GatewayOptions> options, GatewayMetrics metrics, TimeProvider time)
{
    private readonly DispatchOptions _limits = options.Value.Dispatch;

    /// <summary>Answers the request.</summary>
    public async Task<IResult> HandleAsync(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        open.Begin();
        try
        {
            return drain.IsDraining ? new ApiError(ErrorKinds.Shed, "This gateway is going down.") : await AnswerAsync(http);
        }
        finally
        {
            open.End();
        }
    }

    private async Task<IResult> AnswerAsync(HttpContext http)
    {
        long arrived = time.GetTimestamp();
        Caller caller = http.Features.GetRequiredFeature<Caller>();
        (byte[] body, ApiError? error) = await bodies.ReadAsync(http);
        if (error is not null)
        {
            return error;
        }

        string? idempotencyKey = http.Request.Headers[ChatAdmission.IdempotencyHeader];
        (ChatJob? job, error) = await admission.AdmitAsync(caller, body, idempotencyKey, arrived);
        if (job is null)
        {
            metrics.Request(arrived, model: null, error!.Kind.Code);
            return error;
        }

        metrics.StreamsOpen(1, job.Model.Name);
        string? code = "fault";
        try
        {
            (JobResult result, IResult response) = job.Stream ? await StreamAsync(http, job) : await CollectAsync(http, job);
            code = CodeOf(result);
            return response;
        }
        finally
        {
            metrics.StreamsOpen(-1, job.Model.Name);
            metrics.Request(arrived, job.Model.Name, code);
        }
    }

    private async Task<(JobResult Result, IResult Response)> CollectAsync(HttpContext http, ChatJob job)
    {
        using var presence = new ClientPresence(http.RequestAborted, _limits.JsonGrace, time);
        using var sink = new JsonAnswer(job.Choices);
        JobResult result = await jobs.RunAsync(job, sink, presence.Gone);
        return (result, result switch
        {
            JobAnswer answer => Results.Bytes(AnswerJson.Completion(job, answer, sink, await CostAsync(answer.Charge)), "application/json"),
            JobFailure failure => await WithCostAsync(failure),
            _ => Results.Empty,
        });
    }

    private async Task<(JobResult Result, IResult Response)> StreamAsync(HttpContext http, ChatJob job)
    {
        using var presence = new ClientPresence(http.RequestAborted, job.IsIdempotent ? _limits.IdempotentStreamGrace : TimeSpan.Zero, time);
        await using var sink = new SseAnswer(http, _limits.KeepAlivePeriod, time);
        JobResult result;
        try
        {
            result = await jobs.RunAsync(job, sink, presence.Gone);
        }
        catch (ClusterUnavailableException) when (sink.HasStarted)
        {
            result = new JobFailure(new ApiError(ErrorKinds.ClusterUnavailable, "The gateway can't reach the cluster. Nothing was charged."));
        }

        IResult response = Results.Empty;
        switch (result)
        {
            case JobAnswer answer:
                // The cost is waited for only by those who asked for it.
                await sink.FinishAsync(job.IncludeUsage ? ChunkWriting.Usage(job, answer, await CostAsync(answer.Charge)) : null);
                break;
            case JobFailure failure:
                ApiError error = await WithCostAsync(failure);
                if (await sink.EndAsync())
                {
                    response = error;
                }
                else
                {
                    await sink.FailAsync(error);
                }

                break;
        }

        return (result, response);
    }

    /// <summary>How an answer ended, for the metrics; null where it is good.</summary>
    private static string? CodeOf(JobResult result) => result switch
    {
        JobAnswer => null,
        JobFailure failure => failure.Error.Kind.Code,
        _ => "client_left",
    };

    private async Task<ApiError> WithCostAsync(JobFailure failure)
    {
        if (failure is { Charge: not null, Error.Metadata: { } metadata } && metadata["usage"] is { } usage)
        {
            usage["cost"] = await CostAsync(failure.Charge);
        }

        return failure.Error;
    }

    /// <returns>The charge in nano; null where it is not booked within the time that an answer waits for it.</returns>
    private async Task<string?> CostAsync(Task<JobCompletionResult?> charge)
    {
        try
        {
            JobCompletionResult? result = await charge.WaitAsync(_limits.BookingWait, time);
            return result is { Status: JobCompletionStatus.Captured } ? result.Captured.ToString() : null;
        }
        catch (TimeoutException)
        {
            return null;
        }
    }
}
