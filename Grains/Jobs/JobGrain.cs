using CocoonOrleans.Grains.Accounts;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Market;
using CocoonOrleans.Market.Accounts;
using Orleans.Placement;

namespace CocoonOrleans.Grains.Jobs;

/// <summary>A job: checks what it is told and hands it to the payer's account. Its record is the hold in the ledger.</summary>
[PreferLocalPlacement, CollectionAgeLimit(Minutes = 2)]
internal sealed class JobGrain(TimeProvider clock) : Grain, IJobGrain
{
    public Task<JobStartResult> StartAsync(JobStart start, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(start);
        return JobRules.FindInvalid(start, clock.GetUtcNow()) is { } field
            ? Task.FromResult(new JobStartResult(JobStartStatus.Invalid, Nano.Zero, Nano.Zero, null, field))
            : Account(start.AccountId).HoldAsync(this.GetPrimaryKey(), start, cancellationToken);
    }

    public Task<JobCompletionResult> CompleteAsync(JobCompletion completion, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(completion);
        return JobRules.FindInvalid(completion) is { } field
            ? Task.FromResult(new JobCompletionResult(JobCompletionStatus.Invalid, Nano.Zero, Nano.Zero, Nano.Zero, field))
            : Account(completion.AccountId).CaptureAsync(this.GetPrimaryKey(), completion, cancellationToken);
    }

    public Task<JobView?> AbandonAsync(JobAbandonment abandonment, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(abandonment);
        ArgumentException.ThrowIfNullOrEmpty(abandonment.Reason);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(abandonment.Reason.Length, LedgerLimits.MaxTextLength);
        return AccountId.IsValid(abandonment.AccountId)
            ? Account(abandonment.AccountId).ReleaseAsync(this.GetPrimaryKey(), abandonment.Reason, cancellationToken)
            : Task.FromResult<JobView?>(null);
    }

    public Task<JobView?> GetAsync(string accountId, CancellationToken cancellationToken) =>
        AccountId.IsValid(accountId)
            ? Account(accountId).GetJobAsync(this.GetPrimaryKey(), cancellationToken)
            : Task.FromResult<JobView?>(null);

    private IClientAccountGrain Account(string accountId) => GrainFactory.GetGrain<IClientAccountGrain>(accountId);
}
