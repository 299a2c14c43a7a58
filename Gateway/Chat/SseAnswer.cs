using CocoonOrleans.Gateway.Dispatch;
using CocoonOrleans.Gateway.Errors;

namespace CocoonOrleans.Gateway.Chat;

/// <summary>
/// Passes an answer on as server-sent events. The status is sent with the first piece of text, so that a refusal or a change of the worker before it leaves
/// no trace; only a long wait is bridged by comments, which settle the status as 200.
/// </summary>
public sealed class SseAnswer : IAnswerSink, IAsyncDisposable
{
    // Kestrel drops what is not on the wire yet when it aborts.
    private static readonly TimeSpan AbortDelay = TimeSpan.FromMilliseconds(200);

    private readonly HttpContext _http;
    private readonly TimeSpan _keepAlive;
    private readonly TimeProvider _time;
    private readonly SseWriter _writer;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _keepingAlive;
    private readonly List<byte[]> _roles = [];
    private long _lastWrite;

    /// <summary>Begins a stream; sends nothing yet.</summary>
    /// <param name="http">The request to answer.</param>
    /// <param name="keepAlive">After so long a silence a comment is sent.</param>
    /// <param name="time">The clock.</param>
    public SseAnswer(HttpContext http, TimeSpan keepAlive, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(time);
        _http = http;
        _keepAlive = keepAlive;
        _time = time;
        _writer = new SseWriter(http.Response.BodyWriter);
        _lastWrite = time.GetTimestamp();
        _keepingAlive = KeepAliveAsync(_ended.Token);
    }

    /// <inheritdoc/>
    public bool HasDelivered { get; private set; }

    /// <summary>Whether the status and the headers are out.</summary>
    public bool HasStarted => _http.Response.HasStarted;

    /// <inheritdoc/>
    public async ValueTask DeliverAsync(ReadOnlyMemory<byte> chunk, ChunkContent content)
    {
        if (!HasDelivered && content.IsRoleAlone)
        {
            // The role alone is no answer yet: it waits for the first text, since another worker would send it again.
            _roles.Add(chunk.ToArray());
            return;
        }

        HasDelivered = true;
        await _turn.WaitAsync();
        try
        {
            Begin();
            foreach (byte[] role in _roles)
            {
                await _writer.WriteDataAsync(role);
            }

            _roles.Clear();
            await _writer.WriteDataAsync(chunk.Span);
            _lastWrite = _time.GetTimestamp();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Reset() => _roles.Clear();

    /// <summary>Sends no more comments.</summary>
    /// <returns>Whether nothing was sent, so that the status can still be chosen.</returns>
    public async Task<bool> EndAsync()
    {
        await EndKeepAliveAsync();
        return !HasStarted;
    }

    /// <summary>Ends a good answer.</summary>
    /// <param name="usage">The chunk that tells the usage; null where the client did not ask for it.</param>
    public async Task FinishAsync(byte[]? usage)
    {
        await EndKeepAliveAsync();
        if (usage is not null)
        {
            await _writer.WriteDataAsync(usage);
        }

        await _writer.WriteDoneAsync();
    }

    /// <summary>
    /// Ends an answer that failed after the status was sent: one error event, then the connection is aborted. A clean end would be taken for success by some
    /// clients, and by others an error event alone.
    /// </summary>
    public async Task FailAsync(ApiError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        await EndKeepAliveAsync();
        await _writer.WriteDataAsync(error.ToUtf8());
        await Task.Delay(AbortDelay, _time, CancellationToken.None);
        _http.Abort();
    }

    /// <summary>Stops the comments; the answer itself is not touched.</summary>
    public async ValueTask DisposeAsync()
    {
        await EndKeepAliveAsync();
        _ended.Dispose();
        _turn.Dispose();
    }

    private void Begin()
    {
        if (HasStarted)
        {
            return;
        }

        HttpResponse response = _http.Response;
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-cache";
        response.Headers["X-Accel-Buffering"] = "no";
    }

    private async Task EndKeepAliveAsync()
    {
        if (!_ended.IsCancellationRequested)
        {
            await _ended.CancelAsync();
        }

        await _keepingAlive;
    }

    private async Task KeepAliveAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                TimeSpan silence = _time.GetElapsedTime(_lastWrite);
                if (silence < _keepAlive)
                {
                    await Task.Delay(_keepAlive - silence, _time, cancellationToken);
                    continue;
                }

                await _turn.WaitAsync(cancellationToken);
                try
                {
                    Begin();
                    _lastWrite = _time.GetTimestamp();
                    if (!await _writer.WriteKeepAliveAsync())
                    {
                        return;
                    }
                }
                finally
                {
                    _turn.Release();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The answer has ended.
        }
    }
}
