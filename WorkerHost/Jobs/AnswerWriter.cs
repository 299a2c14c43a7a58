using System.IO.Pipelines;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.Tunnel.Records;

namespace CocoonOrleans.WorkerHost.Jobs;

/// <summary>
/// Writes the records of one answer, and a heartbeat whenever nothing else was written for a second, so that the gateway can tell a slow model from a dead
/// worker. One writer at a time, beside the heartbeat.
/// </summary>
internal sealed class AnswerWriter : IAsyncDisposable
{
    private const int LongestMessage = 500;

    public static readonly TimeSpan HeartbeatPeriod = TimeSpan.FromSeconds(1);

    private readonly RecordWriter _records;
    private readonly CancellationToken _gone;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly ITimer _silence;
    private bool _ended;

    /// <param name="output">Where the answer goes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="gone">Cancelled when nobody wants the answer any more.</param>
    public AnswerWriter(PipeWriter output, TimeProvider time, CancellationToken gone)
    {
        _records = new RecordWriter(output);
        _gone = gone;
        _silence = time.CreateTimer(static state => _ = ((AnswerWriter)state!).BeatAsync(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public async ValueTask WriteAsync(JobMeta meta)
    {
        await _turn.WaitAsync(_gone);
        try
        {
            await _records.WriteAsync(meta, _gone);
        }
        finally
        {
            EndTurn();
        }
    }

    public async ValueTask WriteChunkAsync(ReadOnlyMemory<byte> chunk)
    {
        await _turn.WaitAsync(_gone);
        try
        {
            await _records.WriteDataAsync(chunk.Span, _gone);
        }
        finally
        {
            EndTurn();
        }
    }

    public async ValueTask WriteAsync(JobFinal final)
    {
        await _turn.WaitAsync(_gone);
        try
        {
            _ended = true;
            await _records.WriteAsync(final, _gone);
        }
        finally
        {
            EndTurn();
        }
    }

    /// <summary>Ends the answer with an error. Its message may name what the client wrote, so only its beginning goes out: a record is small.</summary>
    public async ValueTask WriteAsync(JobError error)
    {
        if (error.Message.Length > LongestMessage)
        {
            error = error with { Message = error.Message[..LongestMessage] };
        }

        await _turn.WaitAsync(_gone);
        try
        {
            _ended = true;
            await _records.WriteAsync(error, _gone);
        }
        finally
        {
            EndTurn();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _silence.DisposeAsync();
        // A heartbeat under way must not write into a response that is over.
        await _turn.WaitAsync(CancellationToken.None);
        _turn.Dispose();
    }

    private void EndTurn()
    {
        _silence.Change(_ended ? Timeout.InfiniteTimeSpan : HeartbeatPeriod, Timeout.InfiniteTimeSpan);
        _turn.Release();
    }

    private async Task BeatAsync()
    {
        try
        {
            // Where somebody writes just now, there is no silence.
            if (!await _turn.WaitAsync(0, CancellationToken.None))
            {
                return;
            }
        }
        catch (ObjectDisposedException)
        {
            return;
        }
        try
        {
            if (!_ended)
            {
                await _records.WriteHeartbeatAsync(_gone);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or InvalidOperationException)
        {
            // The answer's own next write meets the same and ends the job.
        }
        finally
        {
            EndTurn();
        }
    }
}
