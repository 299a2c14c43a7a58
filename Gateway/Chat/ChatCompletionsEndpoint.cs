using CocoonOrleans.Gateway.Admission;
using CocoonOrleans.Gateway.Cluster;
using CocoonOrleans.Gateway.Dispatch;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Gateway.Metrics;
using CocoonOrleans.Gateway.Requests;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Gateway.Chat;

/// <summary><c>POST /v1/chat/completions</c>, as one document and as a stream.</summary>
public sealed class ChatCompletionsEndpoint(
    RequestIntake intake, ChatReader reader, JobRunner jobs, JobCosts costs, IOptions<GatewayOptions> options, GatewayMetrics metrics, TimeProvider time)
{
    private readonly DispatchOptions _limits = options.Value.Dispatch;

    /// <summary>Answers the request.</summary>
    public Task<IResult> HandleAsync(HttpContext http) => intake.HandleAsync(http, reader, job => job.Stream ? StreamAsync(http, job) : CollectAsync(http, job));

    private async Task<(JobResult Result, IResult Response)> CollectAsync(HttpContext http, ChatJob job)
    {
        using var presence = new ClientPresence(http.RequestAborted, _limits.JsonGrace, time);
        using var sink = new JsonAnswer(job.Choices);
        JobResult result = await jobs.RunAsync(job, new ChatAnswer(job, sink, metrics, time), presence.Gone);
        return (result, result switch
        {
            JobAnswer answer => Results.Bytes(AnswerJson.Completion(job, answer, sink, await costs.OfAsync(answer.Charge)), "application/json"),
            JobFailure failure => await costs.TellAsync(failure),
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
            result = await jobs.RunAsync(job, new ChatAnswer(job, sink, metrics, time), presence.Gone);
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
                await sink.FinishAsync(job.IncludeUsage ? ChunkWriting.Usage(job, answer, await costs.OfAsync(answer.Charge)) : null);
                break;
            case JobFailure failure:
                ApiError error = await costs.TellAsync(failure);
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
}
