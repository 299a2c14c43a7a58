using CocoonOrleans.Sealing;

namespace CocoonOrleans.Gateway.Workers;

public sealed partial class WorkerSessions
{
    [LoggerMessage(LogLevel.Information, "Worker {WorkerId} ({Name}) is registered, epoch {Epoch}.")]
    private partial void LogRegistered(string workerId, string name, long epoch);

    [LoggerMessage(LogLevel.Information, "Requests are sealed to worker {WorkerId} under statement {Statement} until {Until}.")]
    private partial void LogStatement(string workerId, Digest statement, DateTimeOffset until);

    [LoggerMessage(LogLevel.Warning, "Worker {WorkerId} is refused: {Reason}")]
    private partial void LogRefused(string workerId, string reason);

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
}
