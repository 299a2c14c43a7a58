namespace CocoonOrleans.WorkerHost.Receipts;

public sealed partial class ReceiptStore
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "{File} is no receipt and is left alone")]
    private partial void LogUnreadable(string file);
}
