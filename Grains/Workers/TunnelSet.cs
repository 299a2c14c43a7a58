namespace CocoonOrleans.Grains.Workers;

/// <summary>The open tunnels of a worker's session, one for each gateway that it dialled.</summary>
/// <param name="epoch">The session.</param>
/// <param name="bootId">The boot of the worker that all tunnels lead to.</param>
internal sealed class TunnelSet(long epoch, Guid bootId)
{
    private readonly Dictionary<Guid, DateTimeOffset> _lastHeard = [];

    /// <summary>The session.</summary>
    public long Epoch => epoch;

    /// <summary>The worker's boot.</summary>
    public Guid BootId => bootId;

    /// <summary>Whether the worker takes no more jobs.</summary>
    public bool Draining { get; set; }

    /// <summary>Whether no tunnel is left.</summary>
    public bool IsEmpty => _lastHeard.Count == 0;

    /// <summary>Opens a tunnel.</summary>
    public void Open(Guid tunnelId, DateTimeOffset now) => _lastHeard[tunnelId] = now;

    /// <summary>A tunnel has shown life.</summary>
    /// <returns>False where it is not open.</returns>
    public bool Hear(Guid tunnelId, DateTimeOffset now)
    {
        if (!_lastHeard.ContainsKey(tunnelId))
        {
            return false;
        }

        _lastHeard[tunnelId] = now;
        return true;
    }

    /// <summary>Closes a tunnel.</summary>
    /// <returns>False where it is not open.</returns>
    public bool Close(Guid tunnelId) => _lastHeard.Remove(tunnelId);

    /// <summary>Closes the tunnels that were last heard at that moment or before.</summary>
    /// <returns>Which.</returns>
    public IReadOnlyList<Guid> CloseSilent(DateTimeOffset since)
    {
        List<Guid> silent = [.. _lastHeard.Where(tunnel => tunnel.Value <= since).Select(tunnel => tunnel.Key)];
        silent.ForEach(tunnel => _lastHeard.Remove(tunnel));
        return silent;
    }
}
