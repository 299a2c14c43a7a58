namespace CocoonOrleans.Gateway.Cluster;

public sealed partial class SiloWatch
{
    [LoggerMessage(LogLevel.Information, "The cluster's silos are now {Silos}.")]
    private partial void LogSilos(string silos);
}
