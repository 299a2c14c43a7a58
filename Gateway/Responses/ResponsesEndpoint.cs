using System.Text.Json.Nodes;
using CocoonOrleans.Gateway.Admission;
using CocoonOrleans.Gateway.Authentication;
using CocoonOrleans.Gateway.Chat;
using CocoonOrleans.Gateway.Cluster;
using CocoonOrleans.Gateway.Dispatch;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Health;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Gateway.Limits;
using CocoonOrleans.Gateway.Metrics;
using CocoonOrleans.Gateway.Models;
using CocoonOrleans.Gateway.Requests;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Gateway.Responses;

/// <summary><c>POST /v1/responses</c>: as one document, as a stream, and in the background.</summary>
public sealed partial class ResponsesEndpoint(
    RequestIntake intake,
    BodyReader bodies,
    ModelCatalog catalog,
    ChatModels chatModels,
    ChatReader chats,
    ResponseStore store,
    JobRunner jobs,
    JobCosts costs,
    OpenAnswers open,
    IOptions<GatewayOptions> options,
    GatewayMetrics metrics,
    TimeProvider time,
    ILogger<ResponsesEndpoint> logger)
{
    private readonly DispatchOptions _limits = options.Value.Dispatch;

    /// <summary>Answers <c>POST /v1/responses</c>.</summary>
    public Task<IResult> CreateAsync(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        string apiKey = ApiKeyFilter.KeyOf(http);
        var reader = new ResponsesReader(catalog, chatModels, chats, store, apiKey);
        return intake.HandleAsync(http, reader, job => reader.Request switch
        {
            { Background: true } => StartAsync(http, job, reader, apiKey),
            { Stream: true } => StreamAsync(http, job, reader, apiKey),
            _ => CollectAsync(http, job, reader, apiKey),
        });
    }

    /// <summary>Answers <c>POST /v1/responses/input_tokens</c>: the exact count, free.</summary>
    public async Task<IResult> CountAsync(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        (byte[] body, ApiError? error) = await bodies.ReadAsync(http);
        if (error is not null || !StrictHeader.TryRead(http.Request.Headers, out bool isStrict, out error))
        {
            return error!;
        }

        var request = new JobIntake(http.Features.GetRequiredFeature<Caller>(), body, null, time.GetTimestamp(), IsStrict: isStrict);
        return new ResponsesReader(catalog, chatModels, chats, store, ApiKeyFilter.KeyOf(http)).Read(request, out error) is { } job
            ? ResponseJson.Result(new JsonObject { ["object"] = "response.input_tokens", ["input_tokens"] = job.PromptTokens })
            : error!;
    }

    private async Task<(JobResult Result, IResult Response)> CollectAsync(HttpContext http, ChatJob job, ResponsesReader reader, string apiKey)
    {
        using var presence = new ClientPresence(http.RequestAborted, _limits.JsonGrace, time);
        job.Log?.Attend(presence);
        var builder = new ResponseBuilder(job, reader.Request!.Echo, null, time);
        JobResult result = await jobs.RunAsync(job, new ChatAnswer(job, builder, metrics, time), presence.Gone);
        switch (result)
        {
            case JobAnswer answer:
                builder.Complete(answer, await costs.OfAsync(answer.Charge));
                KeepIfStored(job, builder, null, reader, apiKey);
                byte[] document = ResponseJson.Write(builder.Snapshot());
                job.Log?.Append(document);
                return (result, Results.Bytes(document, "application/json"));
            case JobFailure failure:
                return (result, await costs.TellAsync(failure));
            default:
                return (result, Results.Empty);
        }
    }

    private async Task<(JobResult Result, IResult Response)> StreamAsync(HttpContext http, ChatJob job, ResponsesReader reader, string apiKey)
    {
        using var presence = new ClientPresence(http.RequestAborted, job.IsIdempotent ? _limits.IdempotentStreamGrace : TimeSpan.Zero, time);
        var log = new ResponseLog();
        var builder = new ResponseBuilder(job, reader.Request!.Echo, log, time);
        Task<int> writing = ResponseEventWriter.WriteAsync(http, log, 0, _limits.KeepAlivePeriod, time);
        JobResult result;
        try
        {
            result = await jobs.RunAsync(job, new ChatAnswer(job, builder, metrics, time), presence.Gone);
        }
        catch (ClusterUnavailableException)
        {
            result = new JobFailure(new ApiError(ErrorKinds.ClusterUnavailable, "The gateway can't reach the cluster. Nothing was charged."));
        }
        catch
        {
            log.End();
            throw;
        }

        switch (result)
        {
            case JobAnswer answer:
                builder.Complete(answer, await costs.OfAsync(answer.Charge));
                KeepIfStored(job, builder, log, reader, apiKey);
                break;
            case JobFailure failure:
                ApiError error = await costs.TellAsync(failure);
                if (log.Count == 0)
                {
                    // Nothing is out but perhaps comments: with nothing at all the status can still say what failed.
                    log.End();
                    await writing;
                    if (!http.Response.HasStarted)
                    {
                        return (result, error);
                    }

                    log = new ResponseLog();
                    builder = new ResponseBuilder(job, reader.Request.Echo, log, time);
                    builder.Fail(error);
                    await ResponseEventWriter.WriteAsync(http, log, 0, _limits.KeepAlivePeriod, time);
                    return (result, Results.Empty);
                }

                builder.Fail(error);
                break;
            default:
                log.End();
                break;
        }

        await writing;
        return (result, Results.Empty);
    }

    private async Task<(JobResult Result, IResult Response)> StartAsync(HttpContext http, ChatJob job, ResponsesReader reader, string apiKey)
    {
        ResponseLog? log = reader.Request!.Stream ? new ResponseLog() : null;
        var running = new RunningResponse(job, new ResponseBuilder(job, reader.Request.Echo, log, time), log, reader.InputItems(job.JobId));
        running.Builder.Begin();
        JsonObject first = running.Builder.Snapshot();
        store.Begin(running);
        _ = RunAsync(running, reader, apiKey);
        if (log is null)
        {
            return (new JobDetached(), ResponseJson.Result(first));
        }

        await ResponseEventWriter.WriteAsync(http, log, 0, _limits.KeepAlivePeriod, time);
        return (new JobDetached(), Results.Empty);
    }

    private async Task RunAsync(RunningResponse running, ResponsesReader reader, string apiKey)
    {
        // The gateway's shutdown waits for it as for an answer that a client waits for.
        open.Begin();
        try
        {
            JobResult result = await jobs.RunAsync(running.Job, new ChatAnswer(running.Job, running.Builder, metrics, time), running.Cancelled);
            switch (result)
            {
                case JobAnswer answer:
                    running.Builder.Complete(answer, await costs.OfAsync(answer.Charge));
                    break;
                case JobFailure failure:
                    running.Builder.Fail(await costs.TellAsync(failure));
                    break;
                default:
                    running.Builder.Cancel();
                    break;
            }
        }
        catch (ClusterUnavailableException)
        {
            running.Builder.Fail(new ApiError(ErrorKinds.ClusterUnavailable, "The gateway can't reach the cluster. Nothing was charged."));
        }
        catch (Exception e)
        {
            LogFault(e, running.Builder.Id);
            running.Builder.Fail(new ApiError(ErrorKinds.Internal, "The gateway failed."));
        }
        finally
        {
            Keep(running.Job, running.Builder, running.Log, running.Input, reader, apiKey);
            open.End();
            running.Dispose();
        }
    }

    private void KeepIfStored(ChatJob job, ResponseBuilder builder, ResponseLog? log, ResponsesReader reader, string apiKey)
    {
        if (reader.Request!.Store)
        {
            Keep(job, builder, log, reader.InputItems(job.JobId), reader, apiKey);
        }
    }

    private void Keep(ChatJob job, ResponseBuilder builder, ResponseLog? log, JsonArray input, ResponsesReader reader, string apiKey) => store.Keep(
        job.Caller,
        apiKey,
        builder.Id,
        new KeptResponse(builder.Snapshot(), [.. reader.Earlier, .. reader.Request!.InputMessages(), .. builder.Messages()], input, log?.Read(0).Events));
}
