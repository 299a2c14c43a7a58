namespace CocoonOrleans.Gateway.Chat;

/// <summary>Tells when nobody has been there for an answer for longer than the grace: a broken connection may come back as a retry.</summary>
public sealed class ClientPresence : IDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _gone;
    private readonly CancellationTokenRegistration _watch;
    private readonly TimeSpan _grace;
    private int _present = 1;
    private bool _disposed;

    /// <summary>Watches the first client's connection.</summary>
    /// <param name="aborted">Cancelled when the connection ends.</param>
    /// <param name="grace">How long the work goes on when nobody is there.</param>
    /// <param name="time">The clock.</param>
    public ClientPresence(CancellationToken aborted, TimeSpan grace, TimeProvider time)
    {
        _grace = grace;
        _gone = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        _watch = aborted.Register(Leave);
    }

    /// <summary>Cancelled when all are gone for good.</summary>
    public CancellationToken Gone => _gone.Token;

    /// <summary>Whether nobody is there now.</summary>
    public bool IsDeserted
    {
        get
        {
            lock (_lock)
            {
                return _present == 0;
            }
        }
    }

    /// <summary>One more is there for the answer.</summary>
    public void Return()
    {
        lock (_lock)
        {
            if (_present++ == 0 && !_disposed && _grace > TimeSpan.Zero)
            {
                _gone.CancelAfter(Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>One of them is gone.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            if (--_present > 0 || _disposed)
            {
                return;
            }

            if (_grace > TimeSpan.Zero)
            {
                _gone.CancelAfter(_grace);
                return;
            }
        }

        try
        {
            _gone.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The answer has ended meanwhile.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // First, and outside the lock: it waits for a Leave that is under way.
        _watch.Dispose();
        lock (_lock)
        {
            _disposed = true;
        }

        _gone.Dispose();
    }
}
