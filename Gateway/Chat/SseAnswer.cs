using CocoonOrleans.Gateway.Dispatch;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Replays;

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
    private readonly AnswerLog? _log;
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
    /// <param name="log">Notes what is sent, and numbers it; null where nobody may come back for it.</param>
    public SseAnswer(HttpContext http, TimeSpan keepAlive, TimeProvider time, AnswerLog? log = null)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(time);
        _http = http;
        _keepAlive = keepAlive;
        _time = time;
        _log = log;
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
                await WriteAsync(role);
            }

            _roles.Clear();
            await WriteAsync(chunk.Span);
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
            await WriteAsync(usage);
        }

        await WriteAsync(SseWriter.Done);
    }

    /// <summary>
    /// Ends an answer that failed after the status was sent: one error event, then the connection is aborted. A clean end would be taken for success by some
    /// clients, and by others an error event alone.
    /// </summary>
    public async Task FailAsync(ApiError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        await EndKeepAliveAsync();
        await WriteAsync(error.ToUtf8());
        await Task.Delay(AbortDelay, _time, CancellationToken.None);
        _http.Abort();
    }

    /// <summary>Sends the events of a log, from a number on, for as long as they come. Where the answer broke off, so does this.</summary>
    /// <param name="http">The request to answer.</param>
    /// <param name="log">The events.</param>
    /// <param name="from">The number of the first one.</param>
    /// <param name="keepAlive">After so long a silence a comment is sent.</param>
    /// <param name="time">The clock.</param>
    public static async Task ReplayAsync(HttpContext http, AnswerLog log, int from, TimeSpan keepAlive, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(time);
        var writer = new SseWriter(http.Response.BodyWriter);
        CancellationToken left = http.RequestAborted;
        while (!left.IsCancellationRequested)
        {
            (IReadOnlyList<byte[]> pieces, AnswerLogEnd end, Task changed) = log.Read(from);
            foreach (byte[] piece in pieces)
            {
                Begin(http.Response);
                if (!await writer.WriteDataAsync(piece, from++))
                {
                    return;
                }
            }

            if (pieces.Count == 0 && end == AnswerLogEnd.Whole)
            {
                return;
            }

            if (pieces.Count == 0 && end == AnswerLogEnd.Broken)
            {
                await Task.Delay(AbortDelay, time, CancellationToken.None);
                http.Abort();
                return;
            }

            try
            {
                await (pieces.Count == 0 ? changed.WaitAsync(keepAlive, time, left) : Task.CompletedTask);
            }
            catch (TimeoutException)
            {
                Begin(http.Response);
                await writer.WriteKeepAliveAsync();
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
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
        Begin(_http.Response);
    }

    private static void Begin(HttpResponse response)
    {
        if (response.HasStarted)
        {
            return;
        }

        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-cache";
        response.Headers["X-Accel-Buffering"] = "no";
    }

    private ValueTask<bool> WriteAsync(ReadOnlySpan<byte> line) => _writer.WriteDataAsync(line, _log?.Append(line));

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
