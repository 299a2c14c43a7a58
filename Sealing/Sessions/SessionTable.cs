namespace CocoonOrleans.Sealing.Sessions;

/// <summary>
/// The sessions of one epoch's keys at a worker. None is pushed out for another: its requests could be played again. When it is full, who wants a new one
/// seals single requests. Thread-safe.
/// </summary>
/// <param name="capacity">Most sessions.</param>
internal sealed class SessionTable(int capacity) : IDisposable
{
    private readonly Dictionary<Digest, WorkerSession> _sessions = [];
    private bool _disposed;

    /// <summary>Whether no new session can begin.</summary>
    public bool IsFull
    {
        get
        {
            lock (_sessions)
            {
                return _disposed || _sessions.Count >= capacity;
            }
        }
    }

    /// <summary>Finds a session.</summary>
    /// <param name="id">Names it.</param>
    public WorkerSession? Find(Digest id)
    {
        lock (_sessions)
        {
            return _sessions.GetValueOrDefault(id);
        }
    }

    /// <summary>Keeps a session whose first request has opened.</summary>
    /// <param name="id">Names it.</param>
    /// <param name="session">The session; disposed of where another request of it was quicker, or where there is no room.</param>
    /// <returns>The one that counts; null where there is no room.</returns>
    public WorkerSession? Keep(Digest id, WorkerSession session)
    {
        lock (_sessions)
        {
            if (_sessions.TryGetValue(id, out var kept))
            {
                if (kept != session)
                {
                    session.Dispose();
                }

                return kept;
            }

            if (_disposed || _sessions.Count >= capacity)
            {
                session.Dispose();
                return null;
            }

            _sessions[id] = session;
            return session;
        }
    }

    /// <summary>Forgets a session that did not begin after all.</summary>
    /// <param name="id">Names it.</param>
    /// <param name="session">The session.</param>
    public void DisposeUnlessKept(Digest id, WorkerSession session)
    {
        lock (_sessions)
        {
            if (_sessions.GetValueOrDefault(id) != session)
            {
                session.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_sessions)
        {
            _disposed = true;
            foreach (var session in _sessions.Values)
            {
                session.Dispose();
            }

            _sessions.Clear();
        }
    }
}
