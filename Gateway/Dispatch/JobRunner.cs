using System.Text.Json.Nodes;
using CocoonOrleans.Gateway.Admission;
using CocoonOrleans.Gateway.Completions;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Generations;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Gateway.Markets;
using CocoonOrleans.Gateway.Metrics;
using CocoonOrleans.Gateway.SealedRequests;
using CocoonOrleans.Grains.Jobs;
using CocoonOrleans.Grains.Workers;
using CocoonOrleans.Market.Billing;
using CocoonOrleans.Market.Prices;
using CocoonOrleans.Tunnel.Handshakes;
using CocoonOrleans.Tunnel.Messages;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Gateway.Dispatch;

/// <summary>
/// Runs an admitted job to its end: a slot, a worker, the next worker where one fails before anything was delivered, and the charge. Whatever happens,
/// the hold is captured or given back.
/// </summary>
public sealed partial class JobRunner(
    SlotLeases leases, WorkerAttempt attempts, SealedAttempt sealedAttempts, CompletionQueue completions, RunningJobs running, GenerationLog generations, IOptions<GatewayOptions> options, GatewayMetrics metrics, TimeProvider time, ILogger<JobRunner> logger)
{
    private readonly DispatchOptions _limits = options.Value.Dispatch;

    /// <summary>Runs the job.</summary>
    /// <param name="job">The job, whose hold is placed.</param>
    /// <param name="target">What becomes of the answer.</param>
    /// <param name="clientLeft">The client is gone, and its grace is over.</param>
    public async Task<JobResult> RunAsync(AdmittedJob job, IJobAnswer target, CancellationToken clientLeft)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(target);
        JobResult result = await RunToItsEndAsync(job, target, clientLeft);
        generations.Add(job, result);
        return result;
    }

    private async Task<JobResult> RunToItsEndAsync(AdmittedJob job, IJobAnswer target, CancellationToken clientLeft)
    {
        TimeSpan left = job.Until - time.GetUtcNow();
        using var deadline = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(clientLeft, deadline.Token);
        try
        {
            return await TryWorkersAsync(job, target, clientLeft, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // It waited for a slot: what happens at a worker comes back as a result.
            return clientLeft.IsCancellationRequested ? await LeaveAsync(job) : await GiveUpAsync(job, TooLate(), "deadline");
        }
        catch
        {
            // The cluster is away, or the fault is ours: either way the client gets no answer that it could be charged for.
            await AbandonAsync(job, "fault");
            throw;
        }
    }

    private async Task<JobResult> TryWorkersAsync(AdmittedJob job, IJobAnswer target, CancellationToken clientLeft, CancellationToken stop)
    {
        var failed = new HashSet<string>(StringComparer.Ordinal);
        AttemptResult? last = null;
        for (int attempt = 0; attempt < _limits.MaxAttempts; attempt++)
        {
            (LeaseGrant? lease, ApiError? error) = await leases.AcquireAsync(job.Wish, failed, stop);
            if (lease is null)
            {
                return await GiveUpAsync(job, last is null ? error! : AllFailed(attempt, last), "no_capacity");
            }

            AttemptResult result = await TryAsync(job, lease, target, stop);
            switch (result.End)
            {
                case AttemptEnd.Finished when result.Receipt is null:
                    return Unpaid(job, lease, result);
                case AttemptEnd.Finished:
                    return Answered(job, lease, result);
                case AttemptEnd.Stopped or AttemptEnd.Failed when target.HasDelivered && result.Receipt is null:
                    return await LeaveOpenAsync(job, result, clientLeft.IsCancellationRequested);
                case AttemptEnd.Stopped when clientLeft.IsCancellationRequested && result is { Receipt: null, CountedTokens: > 0 }:
                    return await LeaveOpenAsync(job, result, clientLeft: true);
                case AttemptEnd.Stopped:
                    return await StoppedAsync(job, lease, result, target, clientLeft.IsCancellationRequested);
                case AttemptEnd.Failed when target.HasDelivered && result.Receipt!.Usage.Completion == 0:
                    return await GiveUpAsync(job, AllFailed(1, result), "nothing_generated");
                case AttemptEnd.Failed when target.HasDelivered:
                    return BrokenOff(job, lease, result);
            }

            // A receipt of this lease is worth nothing from now on.
            running.SetLease(job.JobId, Guid.Empty);
            if (!result.MayRepeat)
            {
                failed.Add(lease.Worker.WorkerId);
            }

            last = result;
        }

        return await GiveUpAsync(job, AllFailed(_limits.MaxAttempts, last!), "provider_failed");
    }

    private async Task<AttemptResult> TryAsync(AdmittedJob job, LeaseGrant lease, IJobAnswer target, CancellationToken stop)
    {
        running.SetLease(job.JobId, lease.LeaseId);
        job.Progress.Attempts++;
        AttemptResult? result = null;
        Task release = Task.CompletedTask;
        try
        {
            result = job is SealedJob sealedJob && target is SealedAnswer answer
                ? await sealedAttempts.RunAsync(sealedJob, lease, answer, stop)
                : await attempts.RunAsync(job, lease, target, stop);
            if (result.End == AttemptEnd.Finished && job.IsReadable && job.Kind == JobKind.Chat)
            {
                leases.Observe(lease, job.Model.Name, result.CountedTokens, job.Progress.FirstToken);
            }

            LogAttempt(job.JobId, lease.Worker.WorkerId, result.End, result.Reason, result.CountedTokens);
        }
        finally
        {
            release = leases.ReleaseAsync(lease, job.Model.Name, result?.Outcome ?? LeaseOutcome.Cancelled);
        }

        if (result.End == AttemptEnd.Failed)
        {
            // The same worker may be asked again, and a lease is found by its job. Nobody waits for it at the end of an answer.
            await release;
        }

        return result;
    }

    private JobAnswer Answered(AdmittedJob job, LeaseGrant lease, AttemptResult result)
    {
        TokenUsage usage = Billable(job, result, result.Receipt!.Usage);
        return Answer(lease, result, usage, ChargeAsync(job, lease, result, usage, CompletionStatus.Complete));
    }

    /// <summary>
    /// The client has its whole answer, and no valid receipt says what it used: it pays nothing, and the worker earns nothing. Where the worker was lost behind its last
    /// word, its receipt may still come.
    /// </summary>
    private JobAnswer Unpaid(AdmittedJob job, LeaseGrant lease, AttemptResult result)
    {
        metrics.Unpaid(result.Reason);
        LogUnpaid(job.JobId, lease.Worker.WorkerId, result.Reason);
        var usage = new TokenUsage(job.PromptTokens, 0, Math.Min(result.CountedTokens, job.MaxCompletionTokens));
        return Answer(lease, result, usage, ReleaseAsync());

        async Task<JobCompletionResult?> ReleaseAsync()
        {
            await LetGoAsync(job, result);
            return null;
        }
    }

    private static JobAnswer Answer(LeaseGrant lease, AttemptResult result, TokenUsage usage, Task<JobCompletionResult?> charge) =>
        new(usage, lease.Worker, lease.Worker.Fingerprint(lease.ManifestSha256), result.Statement!, result.Tier, result.Receipt is not null, charge);

    /// <summary>
    /// The client left: it pays for what was generated until the stop. Or the time is over: then it pays for what it got, which of one document is nothing.
    /// </summary>
    private async Task<JobResult> StoppedAsync(AdmittedJob job, LeaseGrant lease, AttemptResult result, IJobAnswer target, bool clientLeft)
    {
        TokenUsage usage = Billable(job, result, result.Receipt?.Usage ?? default);
        bool charged = usage.Completion > 0 && (clientLeft || target.HasDelivered);
        if (!charged)
        {
            return clientLeft ? await LeaveAsync(job) : await GiveUpAsync(job, TooLate(), "deadline");
        }

        Task<JobCompletionResult?> charge = ChargeAsync(job, lease, result, usage, CompletionStatus.Cancelled);
        return clientLeft ? new JobLeft() : new JobFailure(TooLate() with { Metadata = new JsonObject { ["usage"] = UsageJson(usage) } }, charge);
    }

    /// <summary>The worker broke off after a part was delivered, and signed for it: its tokens are charged, the prompt is not.</summary>
    private JobFailure BrokenOff(AdmittedJob job, LeaseGrant lease, AttemptResult result)
    {
        long generated = result.Receipt!.Usage.Completion;
        TokenUsage usage = Billable(job, result, new TokenUsage(0, 0, generated));
        return new JobFailure(BrokenOff(result, "Only the tokens that were delivered are charged.", usage), ChargeAsync(job, lease, result, usage, CompletionStatus.Broken));
    }

    private static ApiError BrokenOff(AttemptResult result, string charge, TokenUsage usage) =>
        (result.Reason == TunnelRefusalCodes.Revoked
            ? new ApiError(ErrorKinds.ProviderRevoked, $"The worker was revoked in the middle of its answer. {charge}")
            : new ApiError(ErrorKinds.ProviderFailed, $"The worker broke off in the middle of its answer. {charge}")) with
        {
            Metadata = new JsonObject { ["reason"] = result.Reason, ["usage"] = UsageJson(usage) },
        };

    /// <summary>
    /// A part of an answer is out, and no receipt says what it used. Where one may still come, the hold stays open for it, as long as holds do; else it is given back.
    /// </summary>
    private async Task<JobResult> LeaveOpenAsync(AdmittedJob job, AttemptResult result, bool clientLeft)
    {
        metrics.Unpaid(result.Reason);
        await LetGoAsync(job, result);
        var delivered = new TokenUsage(0, 0, Math.Min(result.CountedTokens, job.MaxCompletionTokens));
        return clientLeft ? new JobLeft()
            : !job.IsReadable ? new JobFailure(result.End == AttemptEnd.Stopped ? TooLate() : AllFailed(1, result))
            : new JobFailure(result.End == AttemptEnd.Stopped
                ? TooLate() with { Metadata = new JsonObject { ["usage"] = UsageJson(delivered) } }
                : BrokenOff(result, "Nothing is charged: the worker signed no receipt.", delivered));
    }

    /// <summary>Leaves the hold open for a receipt that may come, or gives it back.</summary>
    private async Task LetGoAsync(AdmittedJob job, AttemptResult result)
    {
        if (result.ReceiptMayCome)
        {
            running.Leave(job.JobId, result.CountedTokens);
        }
        else
        {
            await AbandonAsync(job, "no_receipt");
        }
    }

    private async Task<JobResult> LeaveAsync(AdmittedJob job)
    {
        await AbandonAsync(job, "client_left");
        return new JobLeft();
    }

    private async Task<JobResult> GiveUpAsync(AdmittedJob job, ApiError error, string reason)
    {
        await AbandonAsync(job, reason);
        return new JobFailure(error);
    }

    /// <summary>Gives the hold back. A client that repeats at once should find its money, so it is waited for; but not for long.</summary>
    private async Task AbandonAsync(AdmittedJob job, string reason)
    {
        try
        {
            await completions.AbandonAsync(job.JobId, job.Caller.AccountId, reason).WaitAsync(_limits.BookingWait, time);
        }
        catch (TimeoutException)
        {
            // The queue goes on trying.
        }
    }

    /// <summary>As the ledger will have it: no more than was seen, and no more than was held for.</summary>
    private static TokenUsage Billable(AdmittedJob job, AttemptResult result, TokenUsage reported) => CaptureRule.Billable(
        reported with { Completion = Math.Min(reported.Completion, job.MaxCompletionTokens) }, job.PromptTokens, result.CountedTokens);

    private Task<JobCompletionResult?> ChargeAsync(AdmittedJob job, LeaseGrant lease, AttemptResult result, TokenUsage usage, CompletionStatus status)
    {
        var completion = new JobCompletion(
            job.Caller.AccountId,
            lease.Worker.WorkerId,
            lease.Worker.Registration.ProviderId,
            lease.Price,
            usage,
            job.PromptTokens,
            result.CountedTokens,
            status,
            result.Receipt?.Sha256);
        return completions.CompleteAsync(job.JobId, completion, result.Receipt is null ? null : lease.Worker);
    }

    /// <summary>Where the last worker blamed the request, others were asked too: the client is told what it said.</summary>
    private static ApiError AllFailed(int attempts, AttemptResult last) =>
        last.Error ?? (last.Reason is JobErrorCodes.DeadlineTooShort or JobErrorCodes.LeaseExpired ? NotInTime() : null) ?? new(ErrorKinds.ProviderFailed, "Workers failed, and no other one could take over. Nothing was charged.")
        {
            Metadata = new JsonObject { ["attempts"] = attempts, ["reason"] = last.Reason },
        };

    private static ApiError NotInTime() => new(ErrorKinds.Deadline, "No worker could begin the answer before the request's time is over. Nothing was charged.");

    private static ApiError TooLate() => new(ErrorKinds.Deadline, "The request's time was over before the answer was complete.");

    private static JsonObject UsageJson(TokenUsage usage) => new()
    {
        ["prompt_tokens"] = usage.Prompt,
        ["completion_tokens"] = usage.Completion,
        ["total_tokens"] = usage.Total,
    };
}
