using System.Text.Json.Nodes;
using CocoonOrleans.Gateway.Channels;
using CocoonOrleans.Gateway.Cluster;
using CocoonOrleans.Gateway.Completions;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Gateway.Metrics;
using CocoonOrleans.Grains.Jobs;
using CocoonOrleans.Market;
using CocoonOrleans.Market.Prices;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Gateway.Admission;

/// <summary>Places the holds of jobs, and tells repeats of an <c>Idempotency-Key</c> what became of the first request.</summary>
public sealed class JobHolds(GrainCalls grains, RunningJobs running, IOptions<GatewayOptions> options, GatewayMetrics metrics, TimeProvider time)
{
    // A hold that was given back ends a job's id, but nothing was delivered: the same Idempotency-Key may try again, so often.
    private const int MaxGenerations = 16;

    // Clocks of gateway and silo may differ by this much.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(1);

    /// <summary>Places the hold of a job. Durable when it returns a job; that job then stands among the <see cref="RunningJobs"/>.</summary>
    /// <param name="job">The job, whose id is replaced where there is an <c>Idempotency-Key</c>.</param>
    /// <param name="requestSha256">SHA-256 of the body.</param>
    /// <param name="idempotencyKey">The client's text, or null.</param>
    /// <param name="voucher">The signed voucher with which a channel pays; null where the account's balance does.</param>
    /// <exception cref="ClusterUnavailableException">The cluster does not answer; a hold that was placed all the same is released by the sweeper.</exception>
    /// <returns>The job; or why there is none, and the job that this one repeats, which runs or was charged.</returns>
    public async Task<(TJob? Job, ApiError? Error, Guid? RepeatOf)> PlaceAsync<TJob>(TJob job, byte[] requestSha256, string? idempotencyKey, byte[]? voucher = null)
        where TJob : AdmittedJob
    {
        ArgumentNullException.ThrowIfNull(job);
        using GatewayMetrics.StageTimer stage = metrics.Stage("hold");
        for (int generation = 0; generation < MaxGenerations; generation++)
        {
            TJob candidate = idempotencyKey is null ? job : (TJob)(job with { JobId = JobIds.Derive(job.Caller.KeyId, idempotencyKey, generation) });
            if (!running.TryAdd(candidate.JobId))
            {
                return (null, InProgress(), candidate.JobId);
            }

            bool held = false;
            try
            {
                (JobStartResult result, bool repeated) = await StartAsync(candidate, requestSha256, voucher);
                held = result.Status == JobStartStatus.Held || (repeated && IsOurs(result, candidate));
                if (held)
                {
                    return (candidate, null, null);
                }

                bool again = result is { Status: JobStartStatus.Repeated, Existing.State: JobState.Released };
                if (!again)
                {
                    return (null, Refusal(result, candidate), result.Status == JobStartStatus.Repeated ? candidate.JobId : null);
                }
            }
            finally
            {
                if (!held)
                {
                    running.Remove(candidate.JobId);
                }
            }
        }

        return (null, new ApiError(ErrorKinds.IdempotencyKeyReuse, $"Requests with this {JobAdmission.IdempotencyHeader} failed {MaxGenerations} times; use a new one."), null);
    }

    private async Task<(JobStartResult Result, bool Repeated)> StartAsync(AdmittedJob job, byte[] requestSha256, byte[]? voucher)
    {
        var start = new JobStart(
            job.Caller.AccountId,
            job.Caller.KeyId,
            requestSha256,
            job.Model.Name,
            job.PromptTokens,
            job.MaxCompletionTokens,
            job.Cap,
            job.Until + options.Value.Dispatch.WaitLimit + options.Value.Dispatch.HoldGrace,
            voucher);
        int calls = 0;
        JobStartResult result = await grains.InvokeAsync(async (client, token) =>
        {
            calls++;
            JobStartResult answer = await client.GetGrain<IJobGrain>(job.JobId).StartAsync(start, token);
            return answer.Status == JobStartStatus.Unavailable ? throw new ClusterUnavailableException("The ledger can't be reached.") : answer;
        });
        return (result, calls > 1);
    }

    /// <summary>Whether the hold is the work of our own first call, whose answer was lost: it is open, and as young as this request.</summary>
    private bool IsOurs(JobStartResult result, AdmittedJob job) =>
        result is { Status: JobStartStatus.Repeated, Existing: { State: JobState.Open } existing }
        && existing.CreatedAt >= time.GetUtcNow() - time.GetElapsedTime(job.Arrived) - ClockSkew;

    private static ApiError Refusal(JobStartResult result, AdmittedJob job) => result.Status switch
    {
        JobStartStatus.InsufficientBalance => Insufficient(result, job),
        JobStartStatus.RequestDiffers => new ApiError(ErrorKinds.IdempotencyKeyReuse, $"This {JobAdmission.IdempotencyHeader} was used for another request."),
        JobStartStatus.Repeated when result.Existing is { State: JobState.Captured } existing => Completed(existing),
        JobStartStatus.Repeated => InProgress(),

        JobStartStatus.VoucherRefused => VoucherHeader.Invalid(result.InvalidField),
        JobStartStatus.ChannelNotOpen => ChannelRefusal(ErrorKinds.ChannelNotOpen, $"The channel is {result.Channel?.Phase}, or a withdrawal waits: nothing is served on it.", result),
        JobStartStatus.VoucherTooLow => ChannelRefusal(ErrorKinds.VoucherTooLow, $"The best voucher of the channel is {result.Shortfall} nano short of what was used, what is held, and what this request may cost.", result),
        JobStartStatus.DepositTooLow => ChannelRefusal(ErrorKinds.ChannelExhausted, $"The channel holds {result.Shortfall} nano less than the request may cost beside what was used and is held.", result),

        JobStartStatus.KeyRefused => new ApiError(ErrorKinds.InvalidApiKey, "The API key was revoked."),
        JobStartStatus.Invalid => new ApiError(ErrorKinds.InvalidValue, $"The request can't be booked: {result.InvalidField}."),
        _ => new ApiError(ErrorKinds.AccountClosed, "The account takes no more requests."),
    };

    private static ApiError InProgress() => new(ErrorKinds.IdempotencyInProgress, $"The first request with this {JobAdmission.IdempotencyHeader} is still running.");

    private static ApiError Completed(JobView job) =>
        new(ErrorKinds.IdempotencyCompleted, $"The first request with this {JobAdmission.IdempotencyHeader} has ended and was charged; its answer is not here any more.")
        {
            Metadata = new JsonObject
            {
                ["id"] = JobNames.OfCompletion(job.JobId),
                ["usage"] = new JsonObject
                {
                    ["prompt_tokens"] = job.Usage.Prompt,
                    ["completion_tokens"] = job.Usage.Completion,
                    ["total_tokens"] = job.Usage.Total,
                    ["cost"] = job.Captured.ToString(),
                },
            },
        };

    /// <summary>With the channel as it stands, and the voucher that the operator holds: whoever signed it can go on from there.</summary>
    private static ApiError ChannelRefusal(ErrorKind kind, string message, JobStartResult result)
    {
        var metadata = new JsonObject { ["shortfall_nano"] = result.Shortfall.ToString() };
        if (result.Channel is { } channel)
        {
            metadata["channel"] = ChannelJson.Of(channel);
        }

        return new ApiError(kind, message) { Metadata = metadata };
    }

    private static ApiError Insufficient(JobStartResult result, AdmittedJob job)
    {
        Nano hold = job.Cap.Hold(job.PromptTokens, job.MaxCompletionTokens);
        long affordable = Affordable(hold - result.Shortfall, job);
        return new ApiError(ErrorKinds.InsufficientBalance,
            $"The request may cost up to {hold} nano, and {result.Shortfall} nano of it are missing on the account.")
        {
            Metadata = new JsonObject
            {
                ["limit_source"] = "account_balance",
                ["shortfall_nano"] = result.Shortfall.ToString(),
                ["affordable_completion_tokens"] = affordable,
            },
        };
    }

    /// <summary>The most completion tokens of each answer whose hold the available money covers; none where nothing is generated.</summary>
    internal static long Affordable(Nano available, AdmittedJob job)
    {
        Nano left = available - job.Cap.Hold(job.PromptTokens, 0);
        if (job is not ChatJob chat || left.Value < 0 || job.Cap.Completion.Value <= 0)
        {
            return 0;
        }

        Int128 tokens = (Int128)left.Value * TokenPrices.TokensPerPrice / job.Cap.Completion.Value;
        return (long)Int128.Min(tokens / chat.Choices, chat.MaxTokensPerChoice);
    }
}
