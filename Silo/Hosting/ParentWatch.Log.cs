using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Silo.Hosting;

internal sealed partial class ParentWatch
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Standard input has closed: the silo stops")]
    private partial void LogClosed();
}
