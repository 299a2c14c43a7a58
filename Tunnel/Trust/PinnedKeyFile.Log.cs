using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Tunnel.Trust;

public sealed partial class PinnedKeyFile
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Read {Path} again: {Count} keys are allowed")]
    private partial void LogReloaded(string path, int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "Could not read {Path} again, the last good list stays in force: {Reason}")]
    private partial void LogReloadFailed(string path, string reason);
}
