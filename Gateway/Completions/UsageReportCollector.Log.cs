using CocoonOrleans.Grains.Jobs;

namespace CocoonOrleans.Gateway.Completions;

public sealed partial class UsageReportCollector
{
    [LoggerMessage(LogLevel.Information, "A kept report of job {JobId} from worker {WorkerId} was booked: {Status}.")]
    private partial void LogCollected(Guid jobId, string workerId, JobCompletionStatus? status);

    [LoggerMessage(LogLevel.Warning, "The terms of job {JobId} from worker {WorkerId} can't be opened; the report is dropped.")]
    private partial void LogUnreadableTerms(Guid jobId, string workerId);

    [LoggerMessage(LogLevel.Information, "The kept reports of worker {WorkerId} could not be collected: {Reason}")]
    private partial void LogFailed(string workerId, string reason);
}
