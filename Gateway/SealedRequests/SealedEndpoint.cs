using CocoonOrleans.Gateway.Chat;
using CocoonOrleans.Gateway.Cluster;
using CocoonOrleans.Gateway.Dispatch;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Requests;

namespace CocoonOrleans.Gateway.SealedRequests;

/// <summary><c>POST /v1/sealed</c>: requests that only their workers can read. Refusals are unsealed, and so never about what is in them.</summary>
public sealed class SealedEndpoint(RequestIntake intake, SealedReader reader, JobRunner jobs, JobCosts costs, TimeProvider time)
{
    // Kestrel drops what is not on the wire yet when it aborts.
    private static readonly TimeSpan AbortDelay = TimeSpan.FromMilliseconds(200);

    /// <summary>Answers the request.</summary>
    public async Task<IResult> HandleAsync(HttpContext http)
    {
        IResult response = await intake.HandleAsync(http, reader, job => PassOnAsync(http, job));

        // A sealed request is no repeat of another: its id was used, whatever became of that.
        return response is ApiError { Kind: var kind } && (kind == ErrorKinds.IdempotencyCompleted || kind == ErrorKinds.IdempotencyInProgress || kind == ErrorKinds.IdempotencyKeyReuse)
            ? new ApiError(ErrorKinds.RequestIdReuse, "A request with this id was here before.")
            : response;
    }

    private async Task<(JobResult Result, IResult Response)> PassOnAsync(HttpContext http, SealedJob job)
    {
        using var presence = new ClientPresence(http.RequestAborted, TimeSpan.Zero, time);
        var target = new SealedAnswer(http);
        JobResult result;
        try
        {
            result = await jobs.RunAsync(job, target, presence.Gone);
        }
        catch (ClusterUnavailableException) when (target.HasDelivered)
        {
            result = new JobFailure(new ApiError(ErrorKinds.ClusterUnavailable, "The gateway can't reach the cluster. Nothing was charged."));
        }

        if (result is JobAnswer answer)
        {
            // The answer's end says that it is booked, as far as that takes no longer than clients wait for it.
            await costs.OfAsync(answer.Charge);
        }

        if (result is JobFailure failure)
        {
            if (!target.HasDelivered)
            {
                return (result, failure.Error);
            }

            if (!target.HasEnded)
            {
                // An answer without its last record is a failure for the client by itself; the broken connection says it at once.
                await Task.Delay(AbortDelay, time, CancellationToken.None);
                http.Abort();
            }
        }

        return (result, Results.Empty);
    }
}
