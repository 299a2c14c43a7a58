namespace CocoonOrleans.Inference.Engines;

/// <summary>Tokens a second, measured over windows of at least a second. Safe for several threads.</summary>
internal sealed class TokenRate(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private long _start = time.GetTimestamp();
    private long _tokens;
    private double _last;

    /// <summary>The rate of the last full window; 0 where nothing came for two windows.</summary>
    public double PerSecond
    {
        get
        {
            lock (_gate)
            {
                return time.GetElapsedTime(_start) < 2 * Window ? _last : 0;
            }
        }
    }

    /// <summary>Counts tokens generated now.</summary>
    public void Add(int tokens)
    {
        lock (_gate)
        {
            _tokens += tokens;
            var elapsed = time.GetElapsedTime(_start);
            if (elapsed >= Window)
            {
                _last = _tokens / elapsed.TotalSeconds;
                _tokens = 0;
                _start = time.GetTimestamp();
            }
        }
    }
}
