using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Inference.Native;

internal sealed partial class ModelLane
{
    [LoggerMessage(Level = LogLevel.Error, Message = "Computing {Model} failed; {Answers} answers under way ended with it")]
    private static partial void LogFault(ILogger logger, Exception error, string model, int answers);

    [LoggerMessage(Level = LogLevel.Critical, Message = "{Model} is out of service; faults in a row: {Faults}")]
    private static partial void LogOutOfService(ILogger logger, Exception error, string model, int faults);
}
