using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Tunnel.Dialing;

internal sealed partial class DialingListener
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Connected to gateway {Gateway}; waiting to be admitted")]
    private partial void LogConnected(GatewayEndPoint gateway);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No tunnel with gateway {Gateway}: {Code}: {Reason}")]
    private partial void LogRefused(GatewayEndPoint gateway, string code, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Could not reach gateway {Gateway}: {Reason}")]
    private partial void LogDialFailed(GatewayEndPoint gateway, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Dialling gateway {Gateway} again in {Seconds:F1} s")]
    private partial void LogNextAttempt(GatewayEndPoint gateway, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Gateway {Gateway} closed the tunnel: {Code}: {Reason}")]
    private partial void LogGoodbye(GatewayEndPoint gateway, string code, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Lost the tunnel to gateway {Gateway}")]
    private partial void LogLost(GatewayEndPoint gateway);
}
