namespace CocoonOrleans.Grains.Workers;

/// <summary>
/// Parks a worker that fails in a row, so that failing fast does not attract load: 3 failures in 60 s park it for 15 s, doubling to 10 min;
/// then one probe job brings it back or parks it again.
/// </summary>
internal sealed class Breaker
{
    private const int FailuresToPark = 3;
    private static readonly TimeSpan FailureWindow = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan FirstPark = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestPark = TimeSpan.FromMinutes(10);

    private readonly Queue<DateTimeOffset> _failures = new();
    private TimeSpan _park;
    private Guid? _probe;

    /// <summary>Until when the worker rests; null where it works. In the past where it waits for its probe.</summary>
    public DateTimeOffset? ParkedUntil { get; private set; }

    /// <summary>How many jobs may be given to it: all that fit, one as a probe, or none.</summary>
    public int Admits(int free, DateTimeOffset now) =>
        ParkedUntil is not { } until ? free
        : now < until || _probe is not null ? 0
        : Math.Min(1, free);

    /// <summary>A job was given to the worker. In the time after a park that is the probe.</summary>
    public void Started(Guid jobId)
    {
        if (ParkedUntil is not null)
        {
            _probe = jobId;
        }
    }

    /// <summary>A job ended in a way that says nothing about the worker, or was lost track of.</summary>
    public void Forgot(Guid jobId)
    {
        if (_probe == jobId)
        {
            _probe = null;
        }
    }

    /// <summary>A job was completed.</summary>
    public void Succeeded(Guid jobId)
    {
        if (ParkedUntil is null || _probe == jobId)
        {
            _failures.Clear();
            ParkedUntil = null;
            _park = TimeSpan.Zero;
            _probe = null;
        }
    }

    /// <summary>A job failed.</summary>
    /// <returns>True where that parks the worker.</returns>
    public bool Failed(Guid jobId, DateTimeOffset now)
    {
        if (ParkedUntil is not null)
        {
            // What was running when it was parked has been judged already.
            return _probe == jobId && Park(now);
        }

        _failures.Enqueue(now);
        while (_failures.Peek() <= now - FailureWindow)
        {
            _failures.Dequeue();
        }

        return _failures.Count >= FailuresToPark && Park(now);
    }

    private bool Park(DateTimeOffset now)
    {
        _park = _park == TimeSpan.Zero ? FirstPark : _park * 2 < LongestPark ? _park * 2 : LongestPark;
        ParkedUntil = now + _park;
        _failures.Clear();
        _probe = null;
        return true;
    }
}
