using CocoonOrleans.Tunnel.Usage;

namespace CocoonOrleans.WorkerHost.Usage;

public sealed partial class UsageReportStore
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "{File} is no usage report of this worker's key ({Fault}) and is left alone")]
    private partial void LogUnreadable(string file, UsageReportFault fault);
}
