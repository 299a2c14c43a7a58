namespace CocoonOrleans.Gateway.Dispatch;

public sealed partial class JobRunner
{
    [LoggerMessage(LogLevel.Debug, "Job {JobId} at worker {WorkerId}: {End}, {Reason}, {Tokens} tokens.")]
    private partial void LogAttempt(Guid jobId, string workerId, AttemptEnd end, string reason, int tokens);

    [LoggerMessage(LogLevel.Warning, "Job {JobId} was answered by worker {WorkerId} without a valid receipt ({Reason}): its client pays nothing for it.")]
    private partial void LogUnpaid(Guid jobId, string workerId, string reason);
}
