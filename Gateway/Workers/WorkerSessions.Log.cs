using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Gateway.Workers;

public sealed partial class WorkerSessions
{
    [LoggerMessage(LogLevel.Information, "Worker {WorkerId} ({Name}) is registered, epoch {Epoch}.")]
    private partial void LogRegistered(string workerId, string name, long epoch);

    [LoggerMessage(LogLevel.Information, "Requests are sealed to worker {WorkerId} under statement {Statement} of tier {Tier} until {Until}.")]
    private partial void LogStatement(string workerId, Digest statement, TrustTier tier, DateTimeOffset until);

    [LoggerMessage(LogLevel.Warning, "Worker {WorkerId} claims tier {Claimed}; its evidence shows {Shown}, and as that it is taken. Gateway:Attestation:ImageFiles names the images that show more.")]
    private partial void LogTierNotShown(string workerId, TrustTier claimed, TrustTier shown);

    [LoggerMessage(LogLevel.Warning, "Intel advises to start the TD of worker {WorkerId} again, since {Since}: it gets no jobs from {By} on unless it does.")]
    private partial void LogMustDrain(string workerId, DateTimeOffset since, DateTimeOffset by);

    [LoggerMessage(LogLevel.Warning, "The evidence of worker {WorkerId} can't be judged now; it gets jobs as long as the last one holds: {Reason}")]
    private partial void LogWaits(string workerId, string reason);

    [LoggerMessage(LogLevel.Warning, "Worker {WorkerId} is refused: {Code}: {Reason}")]
    private partial void LogRefused(string workerId, string code, string reason);

    [LoggerMessage(LogLevel.Information, "The tunnel of worker {WorkerId} broke.")]
    private partial void LogLost(string workerId);

    [LoggerMessage(LogLevel.Information, "Worker {WorkerId} is disconnected: {Reason}.")]
    private partial void LogDisconnected(string workerId, string reason);

    [LoggerMessage(LogLevel.Warning, "The cluster was not told that worker {WorkerId} is disconnected: {Reason}")]
    private partial void LogDisconnectFailed(string workerId, string reason);

    [LoggerMessage(LogLevel.Warning, "A newer session of worker {WorkerId} replaces epoch {Epoch}.")]
    private partial void LogFenced(string workerId, long epoch);

    [LoggerMessage(LogLevel.Warning, "Worker {WorkerId} waits for the cluster: {Reason}")]
    private partial void LogClusterUnavailable(string workerId, string? reason);

    [LoggerMessage(LogLevel.Warning, "A heartbeat of worker {WorkerId} was not taken: {Reason}")]
    private partial void LogHeartbeatFailed(string workerId, string reason);

    [LoggerMessage(LogLevel.Warning, "The offers of worker {WorkerId} are not taken in yet: {Reason}")]
    private partial void LogOffersWait(string workerId, string reason);
}
