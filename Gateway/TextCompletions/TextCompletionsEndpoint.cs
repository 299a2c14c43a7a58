using CocoonOrleans.Gateway.Admission;
using CocoonOrleans.Gateway.Chat;
using CocoonOrleans.Gateway.Cluster;
using CocoonOrleans.Gateway.Dispatch;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Gateway.Metrics;
using CocoonOrleans.Gateway.Requests;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Gateway.TextCompletions;

/// <summary><c>POST /v1/completions</c>, as one document and as a stream.</summary>
public sealed class TextCompletionsEndpoint(
    RequestIntake intake, TextCompletionsReader reader, JobRunner jobs, JobCosts costs, IOptions<GatewayOptions> options, GatewayMetrics metrics, TimeProvider time)
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
            JobAnswer answer => Results.Bytes(TextCompletionJson.Document(job, answer, sink, await costs.OfAsync(answer.Charge)), "application/json"),
            JobFailure failure => await costs.TellAsync(failure),
            _ => Results.Empty,
        });
    }

    private async Task<(JobResult Result, IResult Response)> StreamAsync(HttpContext http, ChatJob job)
    {
        using var presence = new ClientPresence(http.RequestAborted, job.IsIdempotent ? _limits.IdempotentStreamGrace : TimeSpan.Zero, time);
        await using var events = new SseAnswer(http, _limits.KeepAlivePeriod, time);
        var sink = new TextCompletionStream(job, events);
        JobResult result;
        try
        {
            result = await jobs.RunAsync(job, new ChatAnswer(job, sink, metrics, time), presence.Gone);
        }
        catch (ClusterUnavailableException) when (events.HasStarted)
        {
            result = new JobFailure(new ApiError(ErrorKinds.ClusterUnavailable, "The gateway can't reach the cluster. Nothing was charged."));
        }

        IResult response = Results.Empty;
        switch (result)
        {
            case JobAnswer answer:
                await events.FinishAsync(job.IncludeUsage ? TextCompletionJson.Usage(job, answer, await costs.OfAsync(answer.Charge)) : null);
                break;
            case JobFailure failure:
                ApiError error = await costs.TellAsync(failure);
                if (await events.EndAsync())
                {
                    response = error;
                }
                else
                {
                    await events.FailAsync(error);
                }

                break;
        }

        return (result, response);
    }
}
