using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Grains.Workers;

internal sealed partial class OfferPublisher
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Worker {WorkerId} could not reach the market of {Model}; it tries again with the next heartbeat")]
    private partial void LogUnreachable(string workerId, string model, Exception error);
}
