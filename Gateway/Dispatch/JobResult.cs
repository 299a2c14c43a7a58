using CocoonOrleans.Gateway.Auctions;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Workers;
using CocoonOrleans.Grains.Jobs;
using CocoonOrleans.Market.Prices;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Gateway.Dispatch;

/// <summary>What became of a job: a <see cref="JobAnswer"/>, a <see cref="JobFailure"/>, a <see cref="JobLeft"/> or, for its request, a <see cref="JobDetached"/>.</summary>
public abstract record JobResult;

/// <summary>The answer is complete; where several were asked for, all of them are.</summary>
/// <param name="Usage">What is billed.</param>
/// <param name="Worker">Who served it.</param>
/// <param name="Fingerprint">OpenAI's <c>system_fingerprint</c>.</param>
/// <param name="Statement">The worker's statement to which the request was sealed.</param>
/// <param name="Tier">The worker's tier when the request was sealed to it.</param>
/// <param name="IsReceiptVerified">Whether the worker's receipt came and is valid.</param>
/// <param name="Charge">The booking of the charge, which may still be under way; null where it was given up.</param>
public sealed record JobAnswer(
    TokenUsage Usage, WorkerConnection Worker, string Fingerprint, BoundStatement Statement, TrustTier Tier, bool IsReceiptVerified, Task<JobCompletionResult?> Charge) : JobResult
{
    /// <summary>What is signed about it; null where no receipt is at hand.</summary>
    public JobEvidence? Evidence { get; init; }
}

/// <summary>The job failed.</summary>
/// <param name="Error">What the client is told.</param>
/// <param name="Charge">The booking of what was delivered; null where nothing was.</param>
public sealed record JobFailure(ApiError Error, Task<JobCompletionResult?>? Charge = null) : JobResult;

/// <summary>The client left: there is nobody to tell.</summary>
public sealed record JobLeft : JobResult;

/// <summary>The job goes on without its request: what becomes of it is asked for later.</summary>
public sealed record JobDetached : JobResult;
