using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace CocoonOrleans.Inference.Cpu.Threads;

/// <summary>
/// A few threads that do chunked work together with the one that asks for it. Whoever is free claims the next chunk, so a thread that the system takes off its
/// core holds up one chunk only, and one that has not even begun holds up nothing. Between two pieces of work threads look for the next one for a moment and then sleep.
/// Nothing is allocated. For one asking thread.
/// </summary>
internal sealed class CpuTeam : IDisposable
{
    /// <summary>The most chunks of one piece of work.</summary>
    public const int MaximumChunks = ushort.MaxValue;

    private const int PausesAtOnce = 16;

    // Longer than what the asking thread does by itself inside a decoder step.
    private static readonly long SpinTicks = Stopwatch.Frequency / 20_000;

    private readonly object _gate = new();
    private readonly Thread[] _threads;
    private IChunkedWork? _work;
    private ExceptionDispatchInfo? _failure;
    private PaddedCounter _state;
    private PaddedCounter _done;
    private int _sleeping;
    private bool _asleep;
    private volatile bool _stopping;

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">How many, the asking one included; 1 or more.</param>
    /// <param name="pin">Whether each is kept on a core of its own, where the system lets it.</param>
    public CpuTeam(int threads, bool pin = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        Count = threads;
        _threads = new Thread[threads - 1];
        for (var i = 0; i < _threads.Length; i++)
        {
            var number = i + 1;
            _threads[i] = new Thread(() => Serve(number, pin)) { IsBackground = true, Name = $"Inference kernels {number}" };
            _threads[i].Start();
        }
    }

    /// <summary>Threads, the asking one included.</summary>
    public int Count { get; }

    /// <summary>Does work and returns when all of it is done.</summary>
    /// <param name="work">The work.</param>
    /// <param name="chunks">Its chunks, 0 to <see cref="MaximumChunks"/>.</param>
    /// <exception cref="ObjectDisposedException">The threads have ended.</exception>
    public void Run(IChunkedWork work, int chunks)
    {
        ObjectDisposedException.ThrowIf(_stopping, this);
        ArgumentOutOfRangeException.ThrowIfNegative(chunks);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(chunks, MaximumChunks);
        if (_threads.Length == 0 || chunks <= 1)
        {
            for (var chunk = 0; chunk < chunks; chunk++)
            {
                work.Run(chunk, 0);
            }

            return;
        }

        _work = work;
        Volatile.Write(ref _done.Value, 0);
        Interlocked.Exchange(ref _state.Value, ClaimState.Next(_state.Value, chunks));
        if (Volatile.Read(ref _sleeping) > 0)
        {
            WakeAll();
        }

        DoChunks(0);
        WaitUntilDone(chunks);
        _work = null;
        if (_failure is { } failure)
        {
            _failure = null;
            failure.Throw();
        }
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        _stopping = true;
        WakeAll();
        foreach (var thread in _threads)
        {
            thread.Join();
        }
    }

    private void Serve(int number, bool pin)
    {
        if (pin)
        {
            ThreadAffinity.TryPin(number);
        }

        for (var seen = ClaimState.Epoch(0); !_stopping;)
        {
            WaitForWork(seen);
            seen = ClaimState.Epoch(Volatile.Read(ref _state.Value));
            DoChunks(number);
        }
    }

    private void DoChunks(int number)
    {
        var done = 0;
        while (true)
        {
            var state = Volatile.Read(ref _state.Value);
            if (!ClaimState.HasNext(state))
            {
                break;
            }

            // Read before the claim: if that succeeds, this work was not over in between, so this is the work that the claim is for.
            var work = _work;
            if (Interlocked.CompareExchange(ref _state.Value, state + 1, state) != state)
            {
                continue;
            }

            try
            {
                work!.Run(ClaimState.NextChunk(state), number);
            }
            catch (Exception e)
            {
                _failure = ExceptionDispatchInfo.Capture(e);
            }

            done++;
        }

        if (done > 0)
        {
            var state = Volatile.Read(ref _state.Value);
            if (Interlocked.Add(ref _done.Value, done) == ClaimState.Chunks(state) && number != 0 && Volatile.Read(ref _asleep))
            {
                WakeAll();
            }
        }
    }

    private void WaitForWork(int seen)
    {
        if (SpinUntilNew(seen))
        {
            return;
        }

        lock (_gate)
        {
            // A full fence: either this thread sees the new work, or whoever brings it sees this thread.
            Interlocked.Increment(ref _sleeping);
            while (ClaimState.Epoch(Volatile.Read(ref _state.Value)) == seen && !_stopping)
            {
                Monitor.Wait(_gate);
            }

            _sleeping--;
        }
    }

    private bool SpinUntilNew(int seen)
    {
        for (var end = Stopwatch.GetTimestamp() + SpinTicks; Stopwatch.GetTimestamp() < end;)
        {
            if (ClaimState.Epoch(Volatile.Read(ref _state.Value)) != seen || _stopping)
            {
                return true;
            }

            Thread.SpinWait(PausesAtOnce);
        }

        return false;
    }

    private void WaitUntilDone(int chunks)
    {
        for (var end = Stopwatch.GetTimestamp() + SpinTicks; Stopwatch.GetTimestamp() < end;)
        {
            if (Volatile.Read(ref _done.Value) == chunks)
            {
                return;
            }

            Thread.SpinWait(1);
        }

        // The thread with the last chunk is off its core: leave it this one.
        lock (_gate)
        {
            Volatile.Write(ref _asleep, true);
            Interlocked.MemoryBarrier();
            while (Volatile.Read(ref _done.Value) != chunks)
            {
                Monitor.Wait(_gate);
            }

            Volatile.Write(ref _asleep, false);
        }
    }

    private void WakeAll()
    {
        lock (_gate)
        {
            Monitor.PulseAll(_gate);
        }
    }
}
