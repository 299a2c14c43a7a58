using System.Buffers;
using System.IO.Pipelines;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.Tunnel.Accepting;

/// <summary>
/// What a worker says to one job: an answer, whose bytes are opaque to the tunnel, or why there is none. Dispose it to let go of the job: if the answer is not
/// complete, the worker is told to stop (the HTTP/2 stream is reset) and keeps the receipt of what it generated. To be read once, by one reader.
/// </summary>
public sealed class JobStream : IAsyncDisposable
{
    /// <summary>How long a worker may send nothing at all, not even the heartbeat that is due each second.</summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(10);

    private readonly IDisposable? _response;
    private readonly Stream? _body;
    private readonly Action? _released;
    private int _disposed;

    internal JobStream(IDisposable response, Stream body, TimeProvider time, Action released)
    {
        _response = response;
        _body = new AnswerBody(body, response, time);
        _released = released;
        Body = PipeReader.Create(_body, new StreamPipeReaderOptions(leaveOpen: true));
    }

    internal JobStream(JobRefusal refusal)
    {
        Refusal = refusal;
        Body = PipeReader.Create(ReadOnlySequence<byte>.Empty);
    }

    /// <summary>Why there is no answer; null where there is one.</summary>
    public JobRefusal? Refusal { get; }

    /// <summary>
    /// The answer's bytes. Reading throws <see cref="TunnelLostException"/> where the stream broke or the worker fell silent. That it ends does not say that it
    /// is whole: only what is in it does.
    /// </summary>
    public PipeReader Body { get; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await Body.CompleteAsync();
        _response?.Dispose();
        if (_body is not null)
            await _body.DisposeAsync();
        _released?.Invoke();
    }
}
