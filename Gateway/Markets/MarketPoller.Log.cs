namespace CocoonOrleans.Gateway.Markets;

public sealed partial class MarketPoller
{
    [LoggerMessage(LogLevel.Warning, "Catalogue and market can't be read: {Reason}")]
    private partial void LogFailed(string reason);

    [LoggerMessage(LogLevel.Information, "Catalogue and market are read again.")]
    private partial void LogRecovered();
}
