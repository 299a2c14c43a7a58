namespace CocoonOrleans.Sealing.Sessions;

/// <summary>A session at the worker. Thread-safe.</summary>
/// <param name="secret">What it shares with the client; disposed of with this.</param>
internal sealed class WorkerSession(SessionSecret secret) : IDisposable
{
    private readonly CounterWindow _counters = new();
    private readonly Lock _turn = new();

    /// <summary>What it shares with the client.</summary>
    public SessionSecret Secret => secret;

    /// <summary>What speaks against a number now.</summary>
    public SealingFault Check(uint counter)
    {
        lock (_turn)
        {
            return _counters.Check(counter);
        }
    }

    /// <summary>Uses a number, unless something speaks against it.</summary>
    public SealingFault Use(uint counter)
    {
        lock (_turn)
        {
            var fault = _counters.Check(counter);
            if (fault == SealingFault.None)
            {
                _counters.Use(counter);
            }

            return fault;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => secret.Dispose();
}
