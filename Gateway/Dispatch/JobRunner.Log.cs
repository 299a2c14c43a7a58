namespace CocoonOrleans.Gateway.Dispatch;

public sealed partial class JobRunner
{
    [LoggerMessage(LogLevel.Debug, "Job {JobId} at worker {WorkerId}: {End}, {Reason}, {Tokens} tokens.")]
    private partial void LogAttempt(Guid jobId, string workerId, AttemptEnd end, string reason, int tokens);
}
