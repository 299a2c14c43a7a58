using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Grains.Sweeping;

internal sealed partial class SweeperArming
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Sweeper {Shard} could not be armed; tried again in {Delay}")]
    private partial void LogNotArmed(int shard, TimeSpan delay, Exception error);
}
