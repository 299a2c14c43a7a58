using System.Collections.Concurrent;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Gateway.Limits;
using CocoonOrleans.Grains.Accounts;
using CocoonOrleans.Market.Accounts;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Gateway.Authentication;

/// <summary>
/// Remembers looked-up keys, unknown and revoked ones too, for some seconds from the moment the look-up began. Requests that come while one is under
/// way share it. The number of entries is bounded.
/// </summary>
public sealed class KeyCache(IKeySource source, IOptions<GatewayOptions> options, TimeProvider time)
{
    private readonly LimitOptions _limits = options.Value.Limits;
    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>How many keys are remembered.</summary>
    public int Count => _entries.Count;

    /// <summary>The stored key; null where there is none.</summary>
    /// <exception cref="Cluster.ClusterUnavailableException">It is not remembered, and nobody answered.</exception>
    public async Task<ApiKeyView?> FindAsync(ApiKey key, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (!_entries.TryGetValue(key.KeyId, out Entry? entry) || IsOld(entry))
        {
            entry = Replace(key, entry);
        }

        try
        {
            return await entry.Lookup.WaitAsync(cancellationToken);
        }
        catch when (entry.Lookup.IsFaulted)
        {
            _entries.TryRemove(KeyValuePair.Create(key.KeyId, entry));
            throw;
        }
    }

    private Entry Replace(ApiKey key, Entry? old)
    {
        if (old is null)
        {
            MakeRoom();
        }

        var fresh = new Entry(time.GetTimestamp(), new Lazy<Task<ApiKeyView?>>(() => source.FindAsync(key.AccountId, key.KeyId)));
        return _entries.AddOrUpdate(key.KeyId, fresh, (_, present) => IsOld(present) ? fresh : present);
    }

    private void MakeRoom()
    {
        if (_entries.Count < _limits.MaxCachedKeys)
        {
            return;
        }

        foreach (KeyValuePair<string, Entry> pair in _entries)
        {
            if (IsOld(pair.Value))
            {
                _entries.TryRemove(pair);
            }
        }

        // All are fresh: any one may go, since it only has to be looked up again.
        foreach (KeyValuePair<string, Entry> pair in _entries)
        {
            if (_entries.Count < _limits.MaxCachedKeys)
            {
                return;
            }

            _entries.TryRemove(pair);
        }
    }

    private bool IsOld(Entry entry) => time.GetElapsedTime(entry.Since) >= _limits.KeyCacheTime;

    private sealed class Entry(long since, Lazy<Task<ApiKeyView?>> lookup)
    {
        public long Since { get; } = since;

        public Task<ApiKeyView?> Lookup => lookup.Value;
    }
}
