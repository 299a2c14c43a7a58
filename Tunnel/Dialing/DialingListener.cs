using System.Buffers;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Tunnel.Dialing;

/// <summary>A "listener" whose connections were dialled: one tunnel to one gateway at a time, and a new one when it ends.</summary>
internal sealed partial class DialingListener(
    GatewayLink link,
    DialingHandshake handshake,
    DialingOptions options,
    MemoryPool<byte> pool,
    TimeProvider time,
    Random random,
    ILogger<DialingListener> logger) : IConnectionListener
{
    private readonly CancellationTokenSource _stop = new();
    private readonly SocketConnectionContextFactory _sockets = new(new SocketConnectionFactoryOptions(), logger);
    private readonly BackOff _backOff = new(options.FirstWait, options.LongestWait, random);
    private DialedConnection? _current;
    private long _connectedAt;

    public EndPoint EndPoint => link.EndPoint;

    /// <summary>Dials until a tunnel is up. Must never throw: Kestrel ends its accept loop for good at the first exception. Null means stopped.</summary>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            if (_current is { } last)
            {
                await last.Ended.WaitAsync(_stop.Token);
                await PauseAfterAsync(last);
            }
            while (true)
            {
                if (await TryDialAsync() is { } connection)
                    return _current = connection;
                TimeSpan wait = _backOff.Next();
                LogNextAttempt(link.EndPoint, wait.TotalSeconds);
                await Task.Delay(wait, time, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _stop.Cancel();
        return default;
    }

    public ValueTask DisposeAsync()
    {
        _stop.Cancel();
        _sockets.Dispose();
        pool.Dispose();
        return default;
    }

    /// <returns>Null where it failed; cancelled where the listener stops.</returns>
    private async Task<DialedConnection?> TryDialAsync()
    {
        link.Dials();
        using var timeout = new CancellationTokenSource(options.DialTimeout, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stop.Token);
        try
        {
            DialedSocket socket = await handshake.RunAsync(link.EndPoint, _sockets, limit.Token);
            _connectedAt = time.GetTimestamp();
            link.IsConnected();
            LogConnected(link.EndPoint);
            return new DialedConnection(socket, link, pool);
        }
        catch (TunnelRefusedException e)
        {
            link.IsRefused(e.Refusal);
            LogRefused(link.EndPoint, e.Refusal.Code, e.Refusal.Message);
        }
        catch (Exception e)
        {
            _stop.Token.ThrowIfCancellationRequested();
            LogDialFailed(link.EndPoint, timeout.IsCancellationRequested ? $"no welcome within {options.DialTimeout.TotalSeconds} s" : e.Message);
        }
        return null;
    }

    private async Task PauseAfterAsync(DialedConnection last)
    {
        if (last.Goodbye is { } goodbye)
        {
            link.IsRefused(goodbye);
            LogGoodbye(link.EndPoint, goodbye.Code, goodbye.Message);
        }
        else
        {
            link.Dials();
            LogLost(link.EndPoint);
        }
        if (time.GetElapsedTime(_connectedAt) >= options.GoodTunnel)
            _backOff.Reset();
        // Two processes with one key would throw each other out without end: the one that was thrown out waits long.
        if (last.Goodbye?.Code == Handshakes.TunnelRefusalCodes.Fenced)
            _backOff.Exhaust();
        // Never at once, or a gateway that welcomes and closes would be dialled in a tight loop.
        await Task.Delay(_backOff.Next(), time, _stop.Token);
    }
}
