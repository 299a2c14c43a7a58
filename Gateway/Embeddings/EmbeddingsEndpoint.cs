using CocoonOrleans.Gateway.Admission;
using CocoonOrleans.Gateway.Chat;
using CocoonOrleans.Gateway.Dispatch;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Gateway.Metrics;
using CocoonOrleans.Gateway.Requests;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Gateway.Embeddings;

/// <summary><c>POST /v1/embeddings</c>.</summary>
public sealed class EmbeddingsEndpoint(
    RequestIntake intake, EmbeddingsReader reader, JobRunner jobs, JobCosts costs, IOptions<GatewayOptions> options, GatewayMetrics metrics, TimeProvider time)
{
    private static readonly TimeSpan WriteLimit = TimeSpan.FromMinutes(10);

    /// <summary>Answers the request.</summary>
    public Task<IResult> HandleAsync(HttpContext http) => intake.HandleAsync(http, reader, job => CollectAsync(http, job));

    private async Task<(JobResult Result, IResult Response)> CollectAsync(HttpContext http, EmbeddingsJob job)
    {
        using var presence = new ClientPresence(http.RequestAborted, options.Value.Dispatch.JsonGrace, time);
        var vectors = new EmbeddingsAnswer(job, metrics, time);
        JobResult result = await jobs.RunAsync(job, vectors, presence.Gone);
        return (result, result switch
        {
            JobAnswer answer => await WriteAsync(http, new EmbeddingsDocument(job, answer, vectors, await costs.OfAsync(answer.Charge))),
            JobFailure failure => await costs.TellAsync(failure),
            _ => Results.Empty,
        });
    }

    /// <summary>Writes here and not behind the handler, where the limits on open requests would be given back while all vectors are still in memory.</summary>
    private async Task<IResult> WriteAsync(HttpContext http, EmbeddingsDocument document)
    {
        using var limit = new CancellationTokenSource(WriteLimit, time);
        using var abort = limit.Token.Register(http.Abort);
        try
        {
            await document.ExecuteAsync(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client left, or read too slowly; it is charged already.
        }

        return Results.Empty;
    }
}
