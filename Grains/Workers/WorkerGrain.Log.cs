using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Grains.Workers;

internal sealed partial class WorkerGrain
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Worker {WorkerId} of provider {ProviderId} opened session {Epoch} through gateway {GatewayId}")]
    private partial void LogRegistered(string workerId, string providerId, long epoch, string gatewayId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Worker {WorkerId} went offline in session {Epoch}: {Reason}")]
    private partial void LogOffline(string workerId, long epoch, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Worker {WorkerId} failed job {JobId} ({Outcome}) and rests until {ParkedUntil}")]
    private partial void LogParked(string workerId, Guid jobId, LeaseOutcome outcome, DateTimeOffset? parkedUntil);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The reputation of worker {WorkerId} could not be stored; it is tried again")]
    private partial void LogNotStored(string workerId, Exception error);
}
