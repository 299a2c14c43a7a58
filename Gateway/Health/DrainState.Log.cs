namespace CocoonOrleans.Gateway.Health;

public sealed partial class DrainState
{
    [LoggerMessage(LogLevel.Information, "Going down: {Open} answers are open.")]
    private partial void LogDraining(int open);

    [LoggerMessage(LogLevel.Warning, "{Open} answers are broken off.")]
    private partial void LogBrokenOff(int open);
}
