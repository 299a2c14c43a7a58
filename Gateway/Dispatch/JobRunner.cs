using System.Text.Json.Nodes;
using CocoonOrleans.Gateway.Admission;
using CocoonOrleans.Gateway.Completions;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Gateway.Markets;
using CocoonOrleans.Grains.Jobs;
using CocoonOrleans.Market.Billing;
using CocoonOrleans.Market.Prices;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Gateway.Dispatch;

/// <summary>
/// Runs an admitted job to its end: a slot, a worker, the next worker where one fails before anything was delivered, and the charge. Whatever happens,
/// the hold is captured or given back.
/// </summary>
public sealed partial class JobRunner(
    SlotLeases leases, WorkerAttempt attempts, CompletionQueue completions, RunningJobs running, IOptions<GatewayOptions> options, TimeProvider time, ILogger<JobRunner> logger)
{
    /// <summary>Runs the job.</summary>
    /// <param name="job">The job, whose hold is placed.</param>
    /// <param name="sink">Where the answer goes.</param>
    /// <param name="clientLeft">The client is gone, and its grace is over.</param>
    public async Task<JobResult> RunAsync(ChatJob job, IAnswerSink sink, CancellationToken clientLeft)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(sink);
        TimeSpan left = job.Until - time.GetUtcNow();
        using var deadline = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(clientLeft, deadline.Token);
        try
        {
            return await TryWorkersAsync(job, sink, clientLeft, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await completions.AbandonAsync(job.JobId, job.Caller.AccountId, clientLeft.IsCancellationRequested ? "client_left" : "deadline");
            return clientLeft.IsCancellationRequested ? new JobLeft() : new JobFailure(TooLate());
        }
        catch
        {
            // No slot could be asked for; what a worker does never comes here.
            await completions.AbandonAsync(job.JobId, job.Caller.AccountId, "refused");
            throw;
        }
    }

    private async Task<JobResult> TryWorkersAsync(ChatJob job, IAnswerSink sink, CancellationToken clientLeft, CancellationToken stop)
    {
        var failed = new HashSet<string>(StringComparer.Ordinal);
        string? reason = null;
        for (int attempt = 0; attempt < options.Value.Dispatch.MaxAttempts; attempt++)
        {
            (LeaseGrant? lease, ApiError? error) = await leases.AcquireAsync(job.Wish, failed, stop);
            if (lease is null)
            {
                await completions.AbandonAsync(job.JobId, job.Caller.AccountId, "no_capacity");
                return new JobFailure(reason is null ? error! : AllFailed(failed.Count, reason));
            }

            running.SetLease(job.JobId, lease.LeaseId);
            AttemptResult result = await attempts.RunAsync(job, lease, sink, stop);
            LogAttempt(job.JobId, lease.Worker.WorkerId, result.End, result.Reason, result.CountedTokens);
            _ = leases.ReleaseAsync(lease, job.Model.Name, result.Outcome);
            if (result.End != AttemptEnd.Failed || sink.HasDelivered)
            {
                return await SettleAsync(job, lease, result, clientLeft);
            }

            // A report of this lease is worth nothing from now on.
            running.SetLease(job.JobId, Guid.Empty);
            failed.Add(lease.Worker.WorkerId);
            reason = result.Reason;
            sink.Reset();
        }

        await completions.AbandonAsync(job.JobId, job.Caller.AccountId, "provider_failed");
        return new JobFailure(AllFailed(failed.Count, reason!));
    }

    private async Task<JobResult> SettleAsync(ChatJob job, LeaseGrant lease, AttemptResult result, CancellationToken clientLeft)
    {
        switch (result.End)
        {
            case AttemptEnd.Finished:
                return Answered(job, lease, result);
            case AttemptEnd.Stopped:
                Task<JobCompletionResult?>? charge = await ChargeStoppedAsync(job, lease, result);
                return clientLeft.IsCancellationRequested ? new JobLeft() : new JobFailure(TooLate(), charge);
            case AttemptEnd.ClientFault when result.CountedTokens == 0:
                await completions.AbandonAsync(job.JobId, job.Caller.AccountId, "refused");
                return new JobFailure(result.Error!);
            default:
                return BrokenOff(job, lease, result);
        }
    }

    private JobAnswer Answered(ChatJob job, LeaseGrant lease, AttemptResult result)
    {
        TokenUsage usage = result.Report is { } report
            ? CaptureRule.Billable(Reported(report), job.PromptTokens, result.CountedTokens)

            // Without a valid report the worker is paid for what was seen of it, as one that broke off.
            : new TokenUsage(0, 0, result.CountedTokens);
        CompletionStatus status = result.Report is null ? CompletionStatus.Broken : CompletionStatus.Complete;
        Task<JobCompletionResult?> charge = Charge(job, lease, result, usage, status);
        return new JobAnswer(usage, result.FinishReason!, lease.Worker, lease.Worker.Fingerprint(lease.ManifestSha256), charge);
    }

    /// <summary>The client left, or the time is over: what was generated until the stop is charged.</summary>
    private async Task<Task<JobCompletionResult?>?> ChargeStoppedAsync(ChatJob job, LeaseGrant lease, AttemptResult result)
    {
        TokenUsage reported = result.Report is { } report ? Reported(report) : new TokenUsage(job.PromptTokens, 0, result.CountedTokens);
        TokenUsage usage = CaptureRule.Billable(reported, job.PromptTokens, result.CountedTokens);
        if (usage.Completion == 0)
        {
            await completions.AbandonAsync(job.JobId, job.Caller.AccountId, "nothing_generated");
            return null;
        }

        return Charge(job, lease, result, usage, CompletionStatus.Cancelled);
    }

    /// <summary>The worker broke off after a part was delivered: its tokens are charged, the prompt is not.</summary>
    private JobFailure BrokenOff(ChatJob job, LeaseGrant lease, AttemptResult result)
    {
        var usage = new TokenUsage(0, 0, result.CountedTokens);
        Task<JobCompletionResult?> charge = Charge(job, lease, result, usage, CompletionStatus.Broken);
        var error = new ApiError(ErrorKinds.ProviderFailed, "The worker broke off in the middle of its answer. Only the tokens that were delivered are charged.")
        {
            Metadata = new JsonObject
            {
                ["reason"] = result.Reason,
                ["usage"] = new JsonObject
                {
                    ["prompt_tokens"] = usage.Prompt,
                    ["completion_tokens"] = usage.Completion,
                    ["total_tokens"] = usage.Total,
                },
            },
        };
        return new JobFailure(error, charge);
    }

    private Task<JobCompletionResult?> Charge(ChatJob job, LeaseGrant lease, AttemptResult result, TokenUsage usage, CompletionStatus status)
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
            result.Report?.Sha256);
        return completions.CompleteAsync(job.JobId, completion, result.Report is null ? null : lease.Worker);
    }

    private static TokenUsage Reported(CheckedReport report) =>
        new(report.Report.PromptTokens, report.Report.CachedTokens, report.Report.CompletionTokens, report.Report.ReasoningTokens);

    private static ApiError AllFailed(int attempts, string reason) =>
        new(ErrorKinds.ProviderFailed, "Workers failed, and no other one could take over. Nothing was charged.")
        {
            Metadata = new JsonObject { ["attempts"] = attempts, ["reason"] = reason },
        };

    private static ApiError TooLate() => new(ErrorKinds.Deadline, "The request's time was over before the answer was complete.");
}
