using System.IO.Pipelines;
using System.Security.Cryptography;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Records;
using CocoonOrleans.Sealing.Requests;

namespace CocoonOrleans.Sealing.Answers;

/// <summary>
/// Writes an answer in the times of its padding mode (docs/protocol.md, section 10): each write at once; a record every 60 ms at most, the
/// first at once; or one record of one
/// length every 100 ms, whatever there is to say. In the first two a heartbeat follows each second of silence. One writer at a time, beside the clock.
/// </summary>
public sealed class PacedAnswer : IAsyncDisposable
{
    /// <summary>After how much silence a heartbeat is written where the mode has no ticks.</summary>
    public static readonly TimeSpan HeartbeatPeriod = TimeSpan.FromSeconds(1);

    /// <summary>The least time between two records of data in <see cref="TrafficPadding.Balanced"/>: what comes meanwhile goes together.</summary>
    public static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(60);

    /// <summary>The time between two records in <see cref="TrafficPadding.Strict"/>.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    // Where the model is faster than the ticks it waits for them.
    private const int MostPending = 64 << 10;

    private readonly AnswerSealer _answer;
    private readonly PipeWriter _output;
    private readonly TimeProvider _time;
    private readonly CancellationToken _gone;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly ITimer _clock;
    private readonly byte[] _pending;
    private int _length;
    private long? _dataLeft;
    private Func<ValueTask>? _end;
    private TaskCompletionSource _written = NewSignal();
    private Exception? _lost;
    private bool _isBegun;
    private bool _isOnTime;

    /// <summary>Begins.</summary>
    /// <param name="request">What is answered; its one answer is this.</param>
    /// <param name="output">Where the answer goes; not completed.</param>
    /// <param name="time">The clock.</param>
    /// <param name="gone">Cancelled when nobody wants the answer any more.</param>
    /// <exception cref="InvalidOperationException">The request is answered already.</exception>
    public PacedAnswer(OpenedRequest request, PipeWriter output, TimeProvider time, CancellationToken gone)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(time);
        _answer = request.Answer(output);
        _output = output;
        _time = time;
        _gone = gone;
        _pending = _answer.Padding == TrafficPadding.Off ? [] : GC.AllocateUninitializedArray<byte>(MostPending, pinned: true);
        _clock = time.CreateTimer(static state => _ = ((PacedAnswer)state!).OnTimeAsync(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private bool IsStrict => _answer.Padding == TrafficPadding.Strict;

    /// <summary>Writes the first record, at once.</summary>
    public Task WriteAsync(AnswerMeta meta) => WriteNowAsync(() => _answer.Write(meta));

    /// <summary>Writes a piece of the body; it is copied, and leaves when its time has come.</summary>
    /// <exception cref="OperationCanceledException">Nobody wants the answer any more.</exception>
    public async ValueTask WriteDataAsync(ReadOnlyMemory<byte> data)
    {
        if (_answer.Padding == TrafficPadding.Off)
        {
            await WriteNowAsync(() => _answer.WriteData(data.Span));
            return;
        }

        while (data.Length > 0)
        {
            var piece = data[..Math.Min(data.Length, MostPending / 2)];
            await KeepAsync(piece);
            data = data[piece.Length..];
        }
    }

    /// <summary>Ends a whole answer, once all of it is written.</summary>
    /// <param name="finishReason">Why the model stopped.</param>
    /// <param name="usage">What was used.</param>
    /// <param name="key">The key that stands in the statement.</param>
    /// <param name="keep">Keeps the receipt before it leaves; null where nobody does.</param>
    /// <returns>The receipt, for whoever charges the job.</returns>
    public async Task<SignedReceipt> WriteFinalAsync(string finishReason, AnswerUsage usage, ReceiptKey key, Func<SignedReceipt, Task>? keep = null)
    {
        SignedReceipt? receipt = null;
        await EndAsync(async () =>
        {
            receipt = _answer.SignFinal(usage, key);
            if (keep is not null)
            {
                await keep(receipt);
            }

            _answer.WriteFinal(finishReason, receipt);
        });
        return receipt!;
    }

    /// <summary>Ends a failed answer for which nothing is to be paid.</summary>
    public Task WriteErrorAsync(AnswerError error) => EndAsync(() =>
    {
        _answer.WriteError(error);
        return ValueTask.CompletedTask;
    });

    /// <summary>Ends a failed answer for which something was computed.</summary>
    /// <param name="error">What failed.</param>
    /// <param name="usage">What was used.</param>
    /// <param name="key">The key that stands in the statement.</param>
    /// <param name="keep">Keeps the receipt before it leaves; null where nobody does.</param>
    /// <returns>The receipt, for whoever charges the job.</returns>
    public async Task<SignedReceipt> WriteErrorAsync(AnswerError error, AnswerUsage usage, ReceiptKey key, Func<SignedReceipt, Task>? keep = null)
    {
        ArgumentNullException.ThrowIfNull(error);
        SignedReceipt? receipt = null;
        await EndAsync(async () =>
        {
            receipt = _answer.SignError(usage, key);
            if (keep is not null)
            {
                await keep(receipt);
            }

            _answer.WriteError(error with { Receipt = receipt });
        });
        return receipt!;
    }

    /// <summary>Stops an answer that nobody wants any more, without a last record.</summary>
    /// <returns>The receipt of what was computed until then.</returns>
    public async Task<SignedReceipt> AbandonAsync(AnswerUsage usage, ReceiptKey key)
    {
        await _turn.WaitAsync(CancellationToken.None);
        try
        {
            _clock.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return _answer.Abandon(usage, key);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Clears what was not written and disposes of the sealer.</summary>
    public async ValueTask DisposeAsync()
    {
        await _clock.DisposeAsync();

        // A record under way must not write into an output that is over.
        await _turn.WaitAsync(CancellationToken.None);
        CryptographicOperations.ZeroMemory(_pending);
        _answer.Dispose();
        _turn.Dispose();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Keeps a piece until its time comes; waits while there is no room.</summary>
    private async Task KeepAsync(ReadOnlyMemory<byte> piece)
    {
        while (true)
        {
            Task written;
            await _turn.WaitAsync(_gone);
            try
            {
                ThrowIfLost();
                if (piece.Length <= MostPending - _length)
                {
                    piece.CopyTo(_pending.AsMemory(_length));
                    _length += piece.Length;
                    if (!IsStrict)
                    {
                        await GatherAsync(isFirst: _length == piece.Length);
                    }

                    return;
                }

                written = _written.Task;
            }
            finally
            {
                _turn.Release();
            }

            await written.WaitAsync(_gone);
        }
    }

    /// <summary>What is kept leaves at once where a record is full or none has left for a while, so that a first token never waits; else when the while is over.</summary>
    private async ValueTask GatherAsync(bool isFirst)
    {
        var quiet = _dataLeft is { } left ? _time.GetElapsedTime(left) : Gathering;
        if (_length >= _answer.MostData || quiet >= Gathering)
        {
            WritePending(_length);
            await FlushAsync();
            StartClock();
        }
        else if (isFirst)
        {
            _clock.Change(Gathering - quiet, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task WriteNowAsync(Action write)
    {
        await _turn.WaitAsync(_gone);
        try
        {
            ThrowIfLost();
            write();
            await FlushAsync();
            StartClock();
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task EndAsync(Func<ValueTask> end)
    {
        await _turn.WaitAsync(_gone);
        try
        {
            ThrowIfLost();
            if (!IsStrict || !_isBegun)
            {
                WritePending(_length);
                await end();
                await FlushAsync();
                _clock.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                return;
            }

            _end = end;
        }
        finally
        {
            _turn.Release();
        }

        while (true)
        {
            var written = Volatile.Read(ref _written).Task;
            if (_answer.HasEnded)
            {
                return;
            }

            ThrowIfLost();
            await written.WaitAsync(_gone);
        }
    }

    private async Task OnTimeAsync()
    {
        // A record still under way stands for this one.
        if (Interlocked.Exchange(ref _isOnTime, true))
        {
            return;
        }

        try
        {
            // Without padding each write leaves at once, and where somebody writes just now there is no silence. Else what is kept must leave on time, and a
            // tick's time must tell nothing of the writes: they are short, and it waits for them.
            if (!await _turn.WaitAsync(_answer.Padding == TrafficPadding.Off ? 0 : Timeout.Infinite, CancellationToken.None))
            {
                return;
            }
        }
        catch (ObjectDisposedException)
        {
            return;
        }
        finally
        {
            Volatile.Write(ref _isOnTime, false);
        }

        try
        {
            if (!_answer.HasEnded)
            {
                await WriteOnTimeAsync();
                await FlushAsync();
            }
        }
        catch (Exception e)
        {
            _lost = e;
            Signal();
        }
        finally
        {
            _turn.Release();
        }
    }

    private async ValueTask WriteOnTimeAsync()
    {
        if (_length > 0)
        {
            WritePending(IsStrict ? Math.Min(_length, _answer.MostData) : _length);
        }
        else if (_end is not null)
        {
            await _end();
        }
        else
        {
            _answer.WriteHeartbeat();
        }

        if (!IsStrict)
        {
            _clock.Change(HeartbeatPeriod, Timeout.InfiniteTimeSpan);
        }
        else if (_answer.HasEnded)
        {
            _clock.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    private void StartClock()
    {
        if (_answer.HasEnded)
        {
            return;
        }

        if (!IsStrict)
        {
            _clock.Change(HeartbeatPeriod, Timeout.InfiniteTimeSpan);
        }
        else if (!_isBegun)
        {
            _clock.Change(Tick, Tick);
        }

        _isBegun = true;
    }

    private void WritePending(int length)
    {
        if (length == 0)
        {
            return;
        }

        _answer.WriteData(_pending.AsSpan(0, length));
        _dataLeft = _time.GetTimestamp();
        _pending.AsSpan(length, _length - length).CopyTo(_pending);
        _length -= length;
    }

    private async ValueTask FlushAsync()
    {
        var result = await _output.FlushAsync(_gone);
        if (result.IsCompleted)
        {
            throw new OperationCanceledException("The reader of this answer is gone.");
        }

        Signal();
    }

    private void Signal() => Interlocked.Exchange(ref _written, NewSignal()).TrySetResult();

    private void ThrowIfLost()
    {
        if (_lost is not null)
        {
            throw new OperationCanceledException("The answer can't be written any more.", _lost);
        }
    }
}
