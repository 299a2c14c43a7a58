using CocoonOrleans.Sealing;

namespace CocoonOrleans.WorkerHost.Sealing;

public sealed partial class WorkerStatements
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Epoch {Epoch} begins: statement {Statement} holds until {Until}")]
    private partial void LogStated(uint epoch, Digest statement, DateTimeOffset until);

    [LoggerMessage(Level = LogLevel.Error, Message = "There is nothing to vouch for the next statement; trying on: {Reason}")]
    private partial void LogNotVouched(string reason);
}
