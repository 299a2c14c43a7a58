using CocoonOrleans.Grains.Jobs;

namespace CocoonOrleans.Gateway.Completions;

public sealed partial class CompletionQueue
{
    [LoggerMessage(LogLevel.Debug, "Job {JobId} is settled: {CapturedNano} nano.")]
    private partial void LogBooked(Guid jobId, long capturedNano);

    [LoggerMessage(LogLevel.Warning, "Job {JobId} was not charged: {Status}, {Field}.")]
    private partial void LogNotCaptured(Guid jobId, JobCompletionStatus status, string? field);

    [LoggerMessage(LogLevel.Warning, "Job {JobId} can't be settled yet: {Reason}")]
    private partial void LogRetried(Guid jobId, string? reason);

    [LoggerMessage(LogLevel.Error, "Job {JobId} is left to the worker's next delivery of its receipt, or to the sweeper: {Reason}")]
    private partial void LogGivenUp(Guid jobId, string? reason);

    [LoggerMessage(LogLevel.Information, "The receipt of job {JobId} could not be acknowledged at worker {WorkerId}: {Reason}")]
    private partial void LogNotAcknowledged(Guid jobId, string workerId, string reason);

    [LoggerMessage(LogLevel.Warning, "{Count} jobs are not settled at the end of the process.")]
    private partial void LogLeftBehind(int count);
}
