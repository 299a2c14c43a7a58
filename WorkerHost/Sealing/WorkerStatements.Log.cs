using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.WorkerHost.Sealing;

public sealed partial class WorkerStatements
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Epoch {Epoch} begins: statement {Statement} of tier {Tier} holds until {Until}")]
    private partial void LogStated(uint epoch, TrustTier tier, Digest statement, DateTimeOffset until);

    [LoggerMessage(Level = LogLevel.Error, Message = "Nothing vouches for the next statement, and without one this worker gets no jobs; trying again in {Seconds:F0} s. {Reason}")]
    private partial void LogNotVouched(string reason, double seconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "The next statement could not be made: something failed that should not")]
    private partial void LogFault(Exception fault);
}
