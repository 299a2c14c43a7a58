using CocoonOrleans.Gateway.Admission;
using CocoonOrleans.Gateway.Auctions;
using CocoonOrleans.Gateway.Dispatch;
using CocoonOrleans.Grains.Jobs;
using CocoonOrleans.Market.Prices;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Gateway.Generations;

/// <summary>How a job went.</summary>
public sealed class Generation
{
    /// <summary>Takes what is told of a job, and neither its request nor its answer.</summary>
    /// <param name="job">The job.</param>
    /// <param name="result">How it ended.</param>
    /// <param name="duration">From its arrival to its end.</param>
    /// <param name="timeToFirstToken">From its arrival to its first token; null where none came.</param>
    public Generation(AdmittedJob job, JobResult result, TimeSpan duration, TimeSpan? timeToFirstToken)
    {
        ArgumentNullException.ThrowIfNull(job);
        (JobId, KeyId, Model, Created, Duration, TimeToFirstToken) = (job.JobId, job.Caller.KeyId, job.Model.Name, job.Created, duration, timeToFirstToken);
        (Attempts, FinishReason) = (job.Progress.Attempts, job.Progress.FinishReason);
        switch (result)
        {
            case JobAnswer answer:
                (Status, Usage, WorkerId, Tier, Charge) = ("completed", answer.Usage, answer.Worker.WorkerId, answer.Tier, answer.Charge);
                Evidence = answer.Evidence;
                break;
            case JobFailure failure:
                (Status, ErrorCode, Charge) = ("failed", failure.Error.Kind.Code, failure.Charge);
                break;
            default:
                Status = "cancelled";
                break;
        }
    }

    /// <summary>The job.</summary>
    public Guid JobId { get; }

    /// <summary>Whose it was.</summary>
    public string KeyId { get; }

    /// <summary>The model.</summary>
    public string Model { get; }

    /// <summary>When it was admitted.</summary>
    public DateTimeOffset Created { get; }

    /// <summary>completed, failed or cancelled.</summary>
    public string Status { get; }

    /// <summary>The code of the error with which it failed; null where it did not.</summary>
    public string? ErrorCode { get; }

    /// <summary>What was billed; null where it was not told.</summary>
    public TokenUsage? Usage { get; }

    /// <summary>Who served it; null where nobody did.</summary>
    public string? WorkerId { get; }

    /// <summary>That worker's tier.</summary>
    public TrustTier? Tier { get; }

    /// <summary>How many workers were asked.</summary>
    public int Attempts { get; }

    /// <summary>Why the answer ended; null where it did not, or nobody here can read it.</summary>
    public string? FinishReason { get; }

    /// <summary>From its arrival to its end.</summary>
    public TimeSpan Duration { get; }

    /// <summary>From its arrival to its first token; null where none came, or nobody here can read it.</summary>
    public TimeSpan? TimeToFirstToken { get; }

    /// <summary>Tokens a second after the first one; null where that can't be said.</summary>
    public double? TokensPerSecond => Usage is { Completion: > 1 } usage && TimeToFirstToken is { } first && Duration > first
        ? (usage.Completion - 1) / (Duration - first).TotalSeconds
        : null;

    /// <summary>What is signed about it; null where nothing is.</summary>
    public JobEvidence? Evidence { get; }

    /// <summary>The booking of the charge; null where nothing is charged.</summary>
    public Task<JobCompletionResult?>? Charge { get; }
}
