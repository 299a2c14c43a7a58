using System.Text.Json.Nodes;
using CocoonOrleans.Gateway.Cluster;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Gateway.Metrics;
using CocoonOrleans.Gateway.Sealing;
using CocoonOrleans.Gateway.Workers;
using CocoonOrleans.Grains.Workers;
using CocoonOrleans.Market.Clearing;
using CocoonOrleans.Sealing.Statements;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Gateway.Markets;

/// <summary>Finds a job a slot: clears the market, asks the best workers for a lease, and else waits in the model's waiting room.</summary>
public sealed partial class SlotLeases(
    MarketBooks books, WorkerConnections workers, GrainCalls grains, IOptions<GatewayOptions> options, GatewayMetrics metrics, TimeProvider time, ILogger<SlotLeases> logger)
{
    private const int MaxTries = 3;

    // What the queue will take is a guess: only who could not be served in half of it is sent away.
    private const int QueueSlack = 2;

    // The worker stops at the job's end; its slot must not be free before it noticed.
    private static readonly TimeSpan LeaseMargin = TimeSpan.FromSeconds(30);

    /// <summary>Whether a job could be served at all if every slot were free: what can be said before money is held.</summary>
    /// <returns>Why not; null where it could.</returns>
    public ApiError? FindObstacle(LeaseWish wish)
    {
        ArgumentNullException.ThrowIfNull(wish);
        MarketBook book = books.Of(wish.Model);
        ClearingResult result = Clear(book, wish, new HashSet<string>());
        return result.Best is null && result.Exclusions.Busy == 0 ? NoOffer(result, book, wish) : null;
    }

    /// <summary>Takes a slot, waiting for one where none is free.</summary>
    /// <param name="wish">What is wanted.</param>
    /// <param name="excluded">Workers that failed the job.</param>
    /// <param name="cancellationToken">The client left, or the job's time is over.</param>
    /// <returns>The slot, or why there is none.</returns>
    /// <exception cref="ClusterUnavailableException">The workers' grains don't answer.</exception>
    public async Task<(LeaseGrant? Grant, ApiError? Error)> AcquireAsync(LeaseWish wish, IReadOnlySet<string> excluded, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(wish);
        ArgumentNullException.ThrowIfNull(excluded);
        using GatewayMetrics.StageTimer stage = metrics.Stage("lease");
        MarketBook book = books.Of(wish.Model);
        if (book.Room.Count == 0)
        {
            (LeaseGrant? grant, ClearingResult result) = await TryAsync(book, wish, excluded);
            if (grant is not null || result.Exclusions.Busy == 0)
            {
                return (grant, grant is null ? NoOffer(result, book, wish) : null);
            }
        }

        return await WaitAsync(book, wish, excluded, cancellationToken);
    }

    /// <summary>Gives a slot back, with what is to be known of the worker. Never throws: a lease ends by itself.</summary>
    public async Task ReleaseAsync(LeaseGrant lease, string model, LeaseOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(lease);
        try
        {
            await grains.InvokeAsync((client, token) =>
                client.GetGrain<IWorkerGrain>(lease.Worker.WorkerId).ReleaseAsync(new LeaseRelease(lease.LeaseId, lease.JobId, outcome), token));
        }
        catch (ClusterUnavailableException e)
        {
            LogReleaseFailed(lease.LeaseId, lease.Worker.WorkerId, e.InnerException?.Message);
        }

        books.Of(model).Return(lease.Worker.WorkerId, time.GetElapsedTime(lease.Since));
    }

    /// <summary>A worker has answered in full: later requests are compared by what is known of it.</summary>
    /// <param name="lease">The slot that it answered in.</param>
    /// <param name="model">The model.</param>
    /// <param name="tokens">Generated tokens.</param>
    /// <param name="firstToken">The clock's timestamp of the first one; null where it was not seen.</param>
    public void Observe(LeaseGrant lease, string model, int tokens, long? firstToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        TimeSpan? first = firstToken is { } at ? time.GetElapsedTime(lease.Since, at) : null;
        double? seconds = firstToken is { } since ? time.GetElapsedTime(since).TotalSeconds : null;
        books.Of(model).Observe(lease.Worker.WorkerId, tokens, first, tokens > 1 && seconds > 0 ? (tokens - 1) / seconds : null);
    }

    private async Task<(LeaseGrant? Grant, ApiError? Error)> WaitAsync(
        MarketBook book, LeaseWish wish, IReadOnlySet<string> excluded, CancellationToken cancellationToken)
    {
        if (time.GetUtcNow() + (book.QueueTime() / QueueSlack) > wish.Until)
        {
            return (null, new ApiError(ErrorKinds.Deadline, "Every slot is taken, and the queue is too long for the request's time. Nothing was charged.") { RetryAfter = book.ExpectedWait() });
        }

        using WaitingRoom.Ticket? ticket = book.Room.TryEnter();
        if (ticket is null)
        {
            return (null, new ApiError(ErrorKinds.QueueFull, $"{book.Room.Count} requests wait for {wish.Model} already.") { RetryAfter = book.ExpectedWait() });
        }

        using var limit = new CancellationTokenSource(options.Value.Dispatch.WaitLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        while (true)
        {
            try
            {
                await ticket.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return (null, NoOffer(Clear(book, wish, excluded), book, wish));
            }

            (LeaseGrant? grant, ClearingResult result) = await TryAsync(book, wish, excluded);
            if (grant is not null || result.Exclusions.Busy == 0)
            {
                return (grant, grant is null ? NoOffer(result, book, wish) : null);
            }
        }
    }

    /// <returns>The slot, or null and a clearing that says why; workers that refused count as busy in it.</returns>
    private async Task<(LeaseGrant? Grant, ClearingResult Result)> TryAsync(MarketBook book, LeaseWish wish, IReadOnlySet<string> excluded)
    {
        ClearingResult result = Clear(book, wish, excluded);
        for (int tries = 0; tries < MaxTries && result.Best is { } best; tries++)
        {
            if (await AskAsync(book, wish, best) is { } grant)
            {
                return (grant, result);
            }

            // The refusal stands in the book for a second.
            result = Clear(book, wish, excluded);
        }

        return (null, result);
    }

    private async Task<LeaseGrant?> AskAsync(MarketBook book, LeaseWish wish, ClearedOffer best)
    {
        string workerId = best.Offer.WorkerId;
        if (workers.Find(workerId) is not { } worker)
        {
            return null;
        }

        var request = new LeaseRequest(wish.JobId, worker.Epoch, best.Offer.ManifestSha256, wish.Until + LeaseMargin, worker.TunnelId);
        book.Take(workerId);
        LeaseResult? result = null;
        try
        {
            result = await grains.InvokeAsync((client, token) => client.GetGrain<IWorkerGrain>(workerId).TryLeaseAsync(request, token));
        }
        finally
        {
            if (result?.LeaseId is null)
            {
                book.Refused(workerId);
            }
        }

        if (result.LeaseId is { } leaseId)
        {
            book.Record(best.Price);
            return new LeaseGrant(leaseId, wish.JobId, worker, best.Price, best.Offer.ManifestSha256, time.GetTimestamp());
        }

        LogRefused(workerId, result.Refusal);
        return null;
    }

    private static ClearingResult Clear(MarketBook book, LeaseWish wish, IReadOnlySet<string> excluded) => book.Clear(Request(book, wish, excluded));

    private static ClearingRequest Request(MarketBook book, LeaseWish wish, IReadOnlySet<string> excluded) =>
        new(wish.JobId, wish.PromptTokens, book.ExpectedCompletion(wish.MaxCompletionTokens), wish.ContextTokens, wish.Cap, excluded)
        {
            Reserve = wish.Reserve,
            MinimumTier = (int)(wish.MinimumTier ?? TrustTier.Simulated),
            Filter = wish.Filter,
            Able = wish.Workers,
        };

    private static ApiError NoOffer(ClearingResult result, MarketBook book, LeaseWish wish)
    {
        Exclusions by = result.Exclusions;
        bool tierAlone = by.Tier > 0 && by.Tier == by.Total;
        bool priceAlone = by.Price > 0 && by.Busy == 0 && by.Context == 0 && by.Features == 0;
        (ErrorKind kind, string message) = tierAlone
            ? (ErrorKinds.NoAttestedProvider, $"Of the {by.Tier} workers that serve this model now none has the trust tier {wish.MinimumTier!.Value.ToName()} or a higher one.")
            : priceAlone ? (ErrorKinds.NoOfferUnderMaxPrice, "Every worker that is free asks more than this request allows.")
            : (ErrorKinds.NoCapacity, by.Total == 0 ? "No worker serves this model now." : "No worker that can serve this request is free.");
        return new ApiError(kind, message)
        {
            RetryAfter = book.ExpectedWait(),
            Param = tierAlone ? "provider.trust" : null,
            Metadata = new JsonObject
            {
                ["eligible"] = result.Eligible,
                ["rejected_by"] = new JsonObject
                {
                    ["price"] = by.Price,
                    ["context"] = by.Context,
                    ["busy"] = by.Busy,
                    ["excluded"] = by.Excluded,
                    ["tier"] = by.Tier,
                    ["quantization"] = by.Quantisation,
                    ["features"] = by.Features,
                },
                ["cheapest_offer"] = result.Cheapest is { } cheapest ? CheapestJson(cheapest) : null,
            },
        };
    }

    private static JsonObject CheapestJson(CheapestOffer cheapest) => new()
    {
        ["cost"] = cheapest.Cost.ToString(),
        ["prompt"] = cheapest.Ask.Prompt.ToString(),
        ["completion"] = cheapest.Ask.Completion.ToString(),
        ["request"] = cheapest.Ask.Request.ToString(),
        ["rejected_by"] = cheapest.Reason == ExclusionReason.Quantisation ? "quantization" : cheapest.Reason.ToString().ToLowerInvariant(),
    };
}
