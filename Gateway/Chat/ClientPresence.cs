namespace CocoonOrleans.Gateway.Chat;

/// <summary>Tells when a client has been gone for longer than its grace: a broken connection may come back as a retry.</summary>
public sealed class ClientPresence : IDisposable
{
    private readonly CancellationTokenSource _gone;
    private readonly CancellationTokenRegistration _watch;

    /// <summary>Watches a connection.</summary>
    /// <param name="aborted">Cancelled when the connection ends.</param>
    /// <param name="grace">How long the work goes on after that.</param>
    /// <param name="time">The clock.</param>
    public ClientPresence(CancellationToken aborted, TimeSpan grace, TimeProvider time)
    {
        _gone = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        _watch = aborted.Register(() =>
        {
            if (grace == TimeSpan.Zero)
            {
                _gone.Cancel();
            }
            else
            {
                _gone.CancelAfter(grace);
            }
        });
    }

    /// <summary>Cancelled when the client is gone for good.</summary>
    public CancellationToken Gone => _gone.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        _watch.Dispose();
        _gone.Dispose();
    }
}
