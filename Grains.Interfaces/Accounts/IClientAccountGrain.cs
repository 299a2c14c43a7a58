using CocoonOrleans.Grains.Jobs;
using Orleans.CodeGeneration;

namespace CocoonOrleans.Grains.Accounts;

/// <summary>
/// One client account, by its id. Reentrant with one commit loop: calls that arrive while a commit is in flight share the next one. The truth is
/// the ledger; what is kept here is a cache.
/// </summary>
[Alias("cocoon.ClientAccount"), Version(1)]
public interface IClientAccountGrain : IGrainWithStringKey
{
    /// <summary>Creates the account, in development with a labelled grant. Repeating it returns the account as it is.</summary>
    [Alias("Create")]
    Task<AccountView> CreateAsync(AccountCreation creation, CancellationToken cancellationToken = default);

    /// <summary>The account; null where there is none.</summary>
    [Alias("Get")]
    Task<AccountView?> GetAsync(CancellationToken cancellationToken = default);

    /// <summary>Adds an API key, of which only the hash is known here. Repeating it changes nothing.</summary>
    /// <returns>False where there is no such account, or the key id is taken by another secret.</returns>
    [Alias("AddKey")]
    Task<bool> AddKeyAsync(ApiKeyCreation creation, CancellationToken cancellationToken = default);

    /// <summary>Revokes a key for good.</summary>
    /// <returns>False where the account has no such key.</returns>
    [Alias("RevokeKey")]
    Task<bool> RevokeKeyAsync(string keyId, CancellationToken cancellationToken = default);

    /// <summary>A key of this account, revoked ones included; null where there is none.</summary>
    [Alias("FindKey")]
    Task<ApiKeyView?> FindKeyAsync(string keyId, CancellationToken cancellationToken = default);

    /// <summary>What the account used by day, newest first, at most 62 days.</summary>
    [Alias("GetUsage")]
    Task<IReadOnlyList<UsageDay>> GetUsageAsync(int days, CancellationToken cancellationToken = default);

    /// <summary>For <see cref="IJobGrain"/>: places a job's hold. Durable when it returns.</summary>
    [Alias("Hold")]
    Task<JobStartResult> HoldAsync(Guid jobId, JobStart start, CancellationToken cancellationToken = default);

    /// <summary>For <see cref="IJobGrain"/>: captures a job's hold. Durable when it returns.</summary>
    [Alias("Capture")]
    Task<JobCompletionResult> CaptureAsync(Guid jobId, JobCompletion completion, CancellationToken cancellationToken = default);

    /// <summary>For <see cref="IJobGrain"/>: releases a job's hold. Durable when it returns.</summary>
    [Alias("Release")]
    Task<JobView?> ReleaseAsync(Guid jobId, string reason, CancellationToken cancellationToken = default);

    /// <summary>For <see cref="IJobGrain"/>: a job of this account; null where it has none with this id.</summary>
    [Alias("GetJob")]
    Task<JobView?> GetJobAsync(Guid jobId, CancellationToken cancellationToken = default);
}
