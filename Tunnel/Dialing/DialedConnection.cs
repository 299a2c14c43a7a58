using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using CocoonOrleans.Tunnel.Handshakes;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace CocoonOrleans.Tunnel.Dialing;

/// <summary>
/// A dialled tunnel as Kestrel wants a connection: a duplex pipe, features, a closing token, Abort. It stands among the features, so that the tunnel's own
/// endpoints find it.
/// </summary>
internal sealed class DialedConnection : ConnectionContext, IMemoryPoolFeature, IDuplexPipe
{
    private readonly DialedSocket _socket;
    private readonly CancellationTokenSource _closed = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _closing;

    public DialedConnection(DialedSocket socket, GatewayLink link, MemoryPool<byte> pool)
    {
        _socket = socket;
        Link = link;
        MemoryPool = pool;
        // What Kestrel's UseHttps gives to its SslStream: zero-byte reads hold no buffer while nothing comes.
        Input = PipeReader.Create(socket.Tls, new StreamPipeReaderOptions(pool, bufferSize: 4096, minimumReadSize: 2048, leaveOpen: true, useZeroByteReads: true));
        Output = PipeWriter.Create(socket.Tls, new StreamPipeWriterOptions(pool, minimumBufferSize: 4096, leaveOpen: true));
        Transport = this;
        ConnectionClosed = _closed.Token;
        LocalEndPoint = socket.Socket.LocalEndPoint;
        RemoteEndPoint = socket.Socket.RemoteEndPoint;
        Features.Set<IMemoryPoolFeature>(this);
        Features.Set(this);
    }

    /// <summary>The gateway at the other end.</summary>
    public GatewayLink Link { get; }

    /// <summary>Why the gateway said it closes the tunnel; null where it said nothing.</summary>
    public TunnelRefusal? Goodbye { get; set; }

    /// <summary>Completes when Kestrel is done with the connection.</summary>
    public Task Ended => _ended.Task;

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    public MemoryPool<byte> MemoryPool { get; }

    public override IDuplexPipe Transport { get; set; }

    public override string ConnectionId { get; set; } = Guid.NewGuid().ToString("N");

    public override IFeatureCollection Features { get; } = new FeatureCollection();

    public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

    public override void Abort(ConnectionAbortedException abortReason)
    {
        _socket.Transport.Abort(abortReason);
        _socket.Socket.Dispose();
        SignalClosed();
    }

    public override async ValueTask DisposeAsync()
    {
        try
        {
            await Input.CompleteAsync();
            await Output.CompleteAsync();
            await _socket.Tls.DisposeAsync();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or SocketException)
        {
            // The connection broke first.
        }
        finally
        {
            _socket.Socket.Dispose();
            SignalClosed();
            _ended.TrySetResult();
        }
    }

    private void SignalClosed()
    {
        // Not on this thread: what hangs on the token may want the lock that Kestrel holds here.
        if (Interlocked.Exchange(ref _closing, 1) == 0)
            ThreadPool.UnsafeQueueUserWorkItem(static source => source.Cancel(), _closed, preferLocal: false);
    }
}
