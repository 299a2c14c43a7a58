using CocoonOrleans.Gateway.Admission;
using CocoonOrleans.Gateway.Cluster;
using CocoonOrleans.Gateway.Dispatch;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Gateway.Metrics;
using CocoonOrleans.Gateway.Requests;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Gateway.Chat;

/// <summary>Runs a job and sends its answer, as one document or as a stream, in whatever form an endpoint writes it.</summary>
public sealed class AnswerDelivery(JobRunner jobs, JobCosts costs, IOptions<GatewayOptions> options, GatewayMetrics metrics, TimeProvider time)
{
    private readonly DispatchOptions _limits = options.Value.Dispatch;

    /// <summary>Answers with one JSON document.</summary>
    /// <param name="http">The request.</param>
    /// <param name="job">The job, whose hold is placed.</param>
    /// <param name="document">Writes it; the last argument is the cost in nano, null where it is not booked yet.</param>
    public async Task<(JobResult Result, IResult Response)> CollectAsync(HttpContext http, ChatJob job, Func<JobAnswer, JsonAnswer, string?, byte[]> document)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(document);
        using var presence = new ClientPresence(http.RequestAborted, _limits.JsonGrace, time);
        job.Log?.Attend(presence);
        using var sink = new JsonAnswer(job.Choices);
        JobResult result = await jobs.RunAsync(job, new ChatAnswer(job, sink, metrics, time), presence.Gone);
        return (result, result switch
        {
            JobAnswer answer => Document(job, document(answer, sink, await costs.OfAsync(answer.Charge))),
            JobFailure failure => await costs.TellAsync(failure),
            _ => Results.Empty,
        });
    }

    /// <summary>Answers with server-sent events.</summary>
    /// <param name="http">The request.</param>
    /// <param name="job">The job, whose hold is placed.</param>
    /// <param name="form">Gives chunks the endpoint's form.</param>
    /// <param name="usage">Writes the chunk that tells the usage, where it was asked for; the last argument is the cost in nano, null where it is not booked yet.</param>
    public async Task<(JobResult Result, IResult Response)> StreamAsync(
        HttpContext http, ChatJob job, Func<SseAnswer, IAnswerSink> form, Func<JobAnswer, string?, byte[]> usage)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(form);
        ArgumentNullException.ThrowIfNull(usage);
        using var presence = new ClientPresence(http.RequestAborted, job.IsIdempotent ? _limits.IdempotentStreamGrace : TimeSpan.Zero, time);
        job.Log?.Attend(presence);
        await using var events = new SseAnswer(http, _limits.KeepAlivePeriod, time, job.Log);
        JobResult result;
        try
        {
            result = await jobs.RunAsync(job, new ChatAnswer(job, form(events), metrics, time), presence.Gone);
        }
        catch (ClusterUnavailableException) when (events.HasStarted)
        {
            result = new JobFailure(new ApiError(ErrorKinds.ClusterUnavailable, "The gateway can't reach the cluster. Nothing was charged."));
        }

        IResult response = Results.Empty;
        switch (result)
        {
            case JobAnswer answer:
                // The cost is waited for only by those who asked for it.
                await events.FinishAsync(job.IncludeUsage ? usage(answer, await costs.OfAsync(answer.Charge)) : null);
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

    private static IResult Document(ChatJob job, byte[] document)
    {
        job.Log?.Append(document);
        return Results.Bytes(document, "application/json");
    }
}
