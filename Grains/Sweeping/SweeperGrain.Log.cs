using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Grains.Sweeping;

internal sealed partial class SweeperGrain
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Released {Count} expired holds")]
    private partial void LogReleased(int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {JobId} could not be released; the next sweep tries again")]
    private partial void LogNotReleased(Guid jobId, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The chain says nothing of channel {Channel}, and is asked of no other in this sweep: {Reason}")]
    private partial void LogChannelNotSeen(string channel, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Channel {Channel} could not be swept; the next sweep tries again")]
    private partial void LogChannelNotSwept(string channel, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Provider {AccountId} could not be swept; the next sweep tries again")]
    private partial void LogProviderNotSwept(string accountId, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No proof of solvency could be made; the next sweep tries again: {Reason}")]
    private partial void LogNotProved(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sweep {Shard} failed; the next one tries again")]
    private partial void LogSweepFailed(long shard, Exception error);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The book is wrong: {Invariant} is broken by {Subject}")]
    private partial void LogViolated(string invariant, string subject);
}
