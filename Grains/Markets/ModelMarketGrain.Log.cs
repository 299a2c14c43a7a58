using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Grains.Markets;

internal sealed partial class ModelMarketGrain
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The book {Book} is full; the offer of worker {WorkerId} was left out")]
    private partial void LogFull(string book, string workerId);
}
