using System.Collections.Concurrent;

namespace CocoonOrleans.Gateway.Workers;

/// <summary>The workers that have a tunnel to this gateway and are registered. Of several tunnels of one worker the newest counts.</summary>
public sealed class WorkerConnections
{
    private readonly ConcurrentDictionary<string, WorkerConnection> _connections = new(StringComparer.Ordinal);

    /// <summary>All of them.</summary>
    public IReadOnlyCollection<WorkerConnection> All => [.. _connections.Values];

    /// <summary>The worker's connection; null where it has none.</summary>
    public WorkerConnection? Find(string workerId) => _connections.GetValueOrDefault(workerId);

    /// <summary>From now on jobs may go to this connection. An older tunnel of the same worker finishes what it runs.</summary>
    public void Add(WorkerConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        _connections[connection.WorkerId] = connection;
    }

    /// <summary>The connection has ended.</summary>
    public void Remove(WorkerConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        _connections.TryRemove(KeyValuePair.Create(connection.WorkerId, connection));
    }
}
