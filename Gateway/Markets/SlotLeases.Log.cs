using CocoonOrleans.Grains.Workers;

namespace CocoonOrleans.Gateway.Markets;

public sealed partial class SlotLeases
{
    [LoggerMessage(LogLevel.Debug, "Worker {WorkerId} gave no slot: {Refusal}.")]
    private partial void LogRefused(string workerId, LeaseRefusal refusal);

    [LoggerMessage(LogLevel.Warning, "Lease {LeaseId} of worker {WorkerId} could not be given back and will end by itself: {Reason}")]
    private partial void LogReleaseFailed(Guid leaseId, string workerId, string? reason);
}
