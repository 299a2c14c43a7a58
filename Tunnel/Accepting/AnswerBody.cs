namespace CocoonOrleans.Tunnel.Accepting;

/// <summary>The body of an answer: gives up a worker that sends nothing for <see cref="JobStream.LongestSilence"/>, and says of every loss that the tunnel broke.</summary>
internal sealed class AnswerBody : Stream
{
    private readonly Stream _body;
    private readonly IDisposable _response;
    private readonly ITimer _silence;
    private volatile bool _fellSilent;

    /// <param name="body">The body; disposed of with this.</param>
    /// <param name="response">The response; disposed of where the worker falls silent, which ends a read.</param>
    /// <param name="time">The clock.</param>
    public AnswerBody(Stream body, IDisposable response, TimeProvider time)
    {
        (_body, _response) = (body, response);
        _silence = time.CreateTimer(static state => ((AnswerBody)state!).FallSilent(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public override bool CanRead => true;

    public override bool CanWrite => false;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="TunnelLostException">The stream broke, or the worker fell silent.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _silence.Change(JobStream.LongestSilence, Timeout.InfiniteTimeSpan);
        try
        {
            return await _body.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception e) when (TunnelClient.IsLoss(e, cancellationToken))
        {
            throw new TunnelLostException(
                _fellSilent ? $"The worker sent nothing for {JobStream.LongestSilence.TotalSeconds} s." : "The answer broke off before its end.", e);
        }
        finally
        {
            // The reader's own pace does not count: only waiting for the worker does.
            _silence.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await _silence.DisposeAsync();
        await _body.DisposeAsync();
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    private void FallSilent()
    {
        _fellSilent = true;
        _response.Dispose();
    }
}
