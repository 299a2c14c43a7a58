using System.Runtime.CompilerServices;
using CocoonOrleans.Tunnel.Records;

namespace CocoonOrleans.Tunnel.Accepting;

/// <summary>
/// The answer to one job, as a stream of records. Dispose it to let go of the job: if the answer is not complete, the worker is told to stop (the HTTP/2
/// stream is reset) and keeps the usage report of what it generated. To be read once, by one reader.
/// </summary>
public sealed class JobStream : IAsyncDisposable
{
    /// <summary>How long a worker may send nothing at all, not even the heartbeat that is due each second.</summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(10);

    private readonly IDisposable _response;
    private readonly Stream _body;
    private readonly RecordReader _reader;
    private readonly ITimer _silence;
    private readonly Action _released;
    private volatile bool _fellSilent;
    private int _disposed;

    internal JobStream(IDisposable response, Stream body, TimeProvider time, Action released)
    {
        _response = response;
        _body = body;
        _reader = new RecordReader(body);
        _released = released;
        _silence = time.CreateTimer(static state => ((JobStream)state!).FallSilent(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>
    /// The records up to the final or error record, which always comes last: an enumeration that ends without exception is a complete answer. A body is
    /// valid until the next record is asked for.
    /// </summary>
    /// <exception cref="TunnelLostException">The stream broke or the worker fell silent before the last record.</exception>
    /// <exception cref="RecordFormatException">The worker broke the protocol.</exception>
    public async IAsyncEnumerable<Record> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (await ReadAsync(cancellationToken) is { } record)
            yield return record;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await _silence.DisposeAsync();
        _response.Dispose();
        await _body.DisposeAsync();
        _released();
    }

    private async ValueTask<Record?> ReadAsync(CancellationToken cancellationToken)
    {
        _silence.Change(LongestSilence, Timeout.InfiniteTimeSpan);
        try
        {
            return await _reader.ReadAsync(cancellationToken);
        }
        catch (Exception e) when (TunnelClient.IsLoss(e, cancellationToken))
        {
            throw new TunnelLostException(
                _fellSilent ? $"The worker sent nothing for {LongestSilence.TotalSeconds} s." : "The answer broke off before its last record.", e);
        }
        finally
        {
            // The reader's own pace does not count: only waiting for the worker does.
            _silence.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    private void FallSilent()
    {
        _fellSilent = true;
        _response.Dispose();
    }
}
