using CocoonOrleans.Grains.Jobs;

namespace CocoonOrleans.Gateway.Receipts;

public sealed partial class ReceiptCollector
{
    [LoggerMessage(LogLevel.Information, "A kept receipt of job {JobId} from worker {WorkerId} was booked: {Status}.")]
    private partial void LogCollected(Guid jobId, string workerId, JobCompletionStatus? status);

    [LoggerMessage(LogLevel.Warning, "The terms of job {JobId} from worker {WorkerId} can't be opened; the receipt is dropped.")]
    private partial void LogUnreadableTerms(Guid jobId, string workerId);

    [LoggerMessage(LogLevel.Warning, "What worker {WorkerId} keeps for job {JobId} is no valid receipt of it; it is dropped.")]
    private partial void LogInvalid(Guid jobId, string workerId);

    [LoggerMessage(LogLevel.Information, "The kept receipts of worker {WorkerId} could not be collected: {Reason}")]
    private partial void LogFailed(string workerId, string reason);
}
