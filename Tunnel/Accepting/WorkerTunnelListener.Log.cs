using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Tunnel.Accepting;

public sealed partial class WorkerTunnelListener
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Workers may dial {EndPoint}; gateway key {GatewayId}")]
    private partial void LogListening(IPEndPoint endPoint, string gatewayId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Could not accept a connection: {Error}; trying on")]
    private partial void LogAcceptFailed(SocketError error);

    [LoggerMessage(Level = LogLevel.Information, Message = "No tunnel with {Remote}: {Reason}")]
    private partial void LogHandshakeFailed(EndPoint? remote, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Refused worker {WorkerId} from {Remote}: {Code}: {Reason}")]
    private partial void LogRefused(string workerId, EndPoint? remote, string code, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Tunnel up: worker {WorkerId} from {Remote}, trusted as '{Label}', {Software}")]
    private partial void LogTunnelUp(string workerId, EndPoint? remote, string label, string software);

    [LoggerMessage(Level = LogLevel.Information, Message = "Tunnel down: worker {WorkerId}: {Code}: {Reason}")]
    private partial void LogTunnelDown(string workerId, string code, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The handler of worker {WorkerId}'s tunnel failed; the tunnel is closed")]
    private partial void LogHandlerFailed(Exception exception, string workerId);
}
