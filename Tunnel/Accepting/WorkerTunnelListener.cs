using System.Net;
using System.Net.Sockets;
using CocoonOrleans.Tunnel.Handshakes;
using CocoonOrleans.Tunnel.Trust;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Tunnel.Accepting;

/// <summary>Awaits workers' connections, lets the trusted ones in, and hands each tunnel to the gateway's <see cref="ITunnelHandler"/>.</summary>
public sealed partial class WorkerTunnelListener : IHostedService, IDisposable
{
    private readonly TunnelListenerOptions _options;
    private readonly TunnelIdentity _identity;
    private readonly ITunnelTrust _trust;
    private readonly ITunnelHandler _handler;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly AcceptingHandshake _handshake;
    private readonly SemaphoreSlim _pending;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private readonly HashSet<WorkerTunnel> _tunnels = [];
    private readonly HashSet<Task> _connections = [];
    private Socket? _socket;
    private Task _running = Task.CompletedTask;

    /// <summary>Registered by <see cref="TunnelAcceptingExtensions.AddTunnelAccepting{THandler}"/>.</summary>
    public WorkerTunnelListener(
        IOptions<TunnelListenerOptions> options,
        TunnelIdentity identity,
        ITunnelTrust trust,
        ITunnelHandler handler,
        TimeProvider time,
        ILogger<WorkerTunnelListener> logger,
        IGatewayStatements? statements = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Value;
        _identity = identity;
        _trust = trust;
        _handler = handler;
        _time = time;
        _logger = logger;
        _handshake = new AcceptingHandshake(identity, trust, statements);
        _pending = new SemaphoreSlim(_options.MaxPendingHandshakes);
    }

    /// <summary>The address it listens at, with the port that it got. Null until it is started.</summary>
    public IPEndPoint? LocalEndPoint { get; private set; }

    /// <summary>The id that workers pin: hex SHA-256 of the gateway's key.</summary>
    public string GatewayId => _identity.Id;

    /// <summary>The tunnels that are open now.</summary>
    public IReadOnlyList<WorkerTunnel> Tunnels
    {
        get
        {
            lock (_lock)
                return [.. _tunnels];
        }
    }

    /// <summary>Begins to listen.</summary>
    /// <exception cref="SocketException">The address can't be listened at, such as when it is in use.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var address = IPEndPoint.Parse(_options.Listen);
        _socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _socket.Bind(address);
        _socket.Listen(512);
        LocalEndPoint = (IPEndPoint)_socket.LocalEndPoint!;
        LogListening(LocalEndPoint, GatewayId);
        _running = Task.WhenAll(AcceptAsync(_socket), CheckTrustAsync());
        return Task.CompletedTask;
    }

    /// <summary>Stops accepting, tells every worker that the gateway leaves, and closes the tunnels.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        _socket?.Dispose();
        await _running;
        Task[] connections;
        lock (_lock)
            connections = [.. _connections];
        await Task.WhenAll(connections).WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket?.Dispose();
        _stopping.Dispose();
        _pending.Dispose();
    }

    private async Task AcceptAsync(Socket socket)
    {
        try
        {
            while (true)
            {
                await _pending.WaitAsync(_stopping.Token);
                Socket connection = await AcceptOneAsync(socket);
                Track(ReceiveAsync(connection));
            }
        }
        catch (OperationCanceledException)
        {
            // stopping
        }
    }

    private async Task<Socket> AcceptOneAsync(Socket socket)
    {
        while (true)
        {
            try
            {
                return await socket.AcceptAsync(_stopping.Token);
            }
            catch (SocketException e)
            {
                // Such as too many open files: a pause loses nothing, giving up loses the gateway.
                LogAcceptFailed(e.SocketErrorCode);
                await Task.Delay(TimeSpan.FromMilliseconds(200), _time, _stopping.Token);
            }
        }
    }

    private void Track(Task connection)
    {
        lock (_lock)
            _connections.Add(connection);
        connection.ContinueWith(
            ended =>
            {
                lock (_lock)
                    _connections.Remove(ended);
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    /// <summary>One connection from its first byte to its end. Never fails.</summary>
    private async Task ReceiveAsync(Socket connection)
    {
        EndPoint? remote = connection.RemoteEndPoint;
        connection.NoDelay = true;
        await using var stream = new TunnelStream(new NetworkStream(connection, ownsSocket: true));
        WorkerTunnel? tunnel = null;
        try
        {
            tunnel = await WelcomeAsync(stream, remote);
        }
        catch (Exception e)
        {
            // Whatever a stranger's bytes provoke in TLS or in us, it ends this one connection.
            LogHandshakeFailed(remote, e is OperationCanceledException ? "it took too long" : e.Message);
        }
        finally
        {
            _pending.Release();
        }
        if (tunnel is not null)
            await ServeAsync(tunnel);
    }

    /// <returns>Null where the worker was refused.</returns>
    private async Task<WorkerTunnel?> WelcomeAsync(TunnelStream stream, EndPoint? remote)
    {
        using var timeout = new CancellationTokenSource(_options.HandshakeTimeout, _time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stopping.Token);
        HandshakeOutcome outcome = await _handshake.RunAsync(stream, remote, limit.Token);
        TunnelRefusal? refusal = outcome.Refusal;
        WorkerTunnel? tunnel = null;
        if (refusal is null)
        {
            tunnel = new WorkerTunnel(stream, outcome.Peer, outcome.TrustLabel!, outcome.Hello!, _options.MaxJobsPerTunnel, _time);
            refusal = Seat(tunnel);
        }
        bool welcomed = false;
        try
        {
            await _handshake.AnswerAsync(stream, refusal, outcome.Hello, limit.Token);
            welcomed = refusal is null;
        }
        finally
        {
            if (tunnel is not null && !welcomed)
                await UnseatAsync(tunnel);
        }
        if (welcomed)
            return tunnel;
        LogRefused(outcome.Peer.Key.Id, remote, refusal!.Code, refusal.Message);
        return null;
    }

    private TunnelRefusal? Seat(WorkerTunnel tunnel)
    {
        lock (_lock)
        {
            if (_tunnels.Count >= _options.MaxTunnels)
                return new TunnelRefusal(TunnelRefusalCodes.TooManyTunnels, $"This gateway has {_options.MaxTunnels} workers already; use another.");
            if (_tunnels.Count(other => other.WorkerId == tunnel.WorkerId) >= _options.MaxTunnelsPerWorker)
            {
                return new TunnelRefusal(TunnelRefusalCodes.TooManySessions,
                    $"This worker has {_options.MaxTunnelsPerWorker} tunnels here already; is the same key in use on several machines?");
            }
            _tunnels.Add(tunnel);
            return null;
        }
    }

    private async ValueTask UnseatAsync(WorkerTunnel tunnel)
    {
        lock (_lock)
            _tunnels.Remove(tunnel);
        await tunnel.DisposeAsync();
    }

    private async Task ServeAsync(WorkerTunnel tunnel)
    {
        LogTunnelUp(tunnel.WorkerId, tunnel.RemoteEndPoint, tunnel.TrustLabel, tunnel.Software);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        Task watching = CancelAtEndAsync(tunnel, over);
        try
        {
            await _handler.ServeAsync(tunnel, over.Token);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            // Whatever one worker provokes must not reach the others.
            LogHandlerFailed(e, tunnel.WorkerId);
        }
        if (_stopping.IsCancellationRequested)
            await tunnel.CloseAsync(new TunnelRefusal(TunnelRefusalCodes.Stopping, "The gateway is going down."));
        await UnseatAsync(tunnel);
        await watching;
        TunnelEnd end = await tunnel.Ended;
        LogTunnelDown(tunnel.WorkerId, end.Code, end.Message);
    }

    private static async Task CancelAtEndAsync(WorkerTunnel tunnel, CancellationTokenSource over)
    {
        await tunnel.Ended;
        await over.CancelAsync();
    }

    /// <summary>Judges the peers of living tunnels again and again: a withdrawn key ends its tunnels.</summary>
    private async Task CheckTrustAsync()
    {
        using var timer = new PeriodicTimer(_options.TrustCheckPeriod, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                foreach (WorkerTunnel tunnel in Tunnels)
                {
                    TrustVerdict verdict = await _trust.JudgeAsync(tunnel.Peer, _stopping.Token);
                    if (verdict.Refusal is { } refusal)
                        await tunnel.CloseAsync(refusal);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // stopping
        }
    }
}
