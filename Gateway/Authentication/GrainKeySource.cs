using CocoonOrleans.Gateway.Cluster;
using CocoonOrleans.Grains.Accounts;

namespace CocoonOrleans.Gateway.Authentication;

/// <summary>Looks keys up at their accounts' grains.</summary>
public sealed class GrainKeySource(GrainCalls grains) : IKeySource, IDisposable
{
    // A flood of keys that don't exist must not become a flood of grains.
    private readonly SemaphoreSlim _places = new(64);

    /// <inheritdoc/>
    public async Task<ApiKeyView?> FindAsync(string accountId, string keyId)
    {
        await _places.WaitAsync();
        try
        {
            return await grains.InvokeAsync((client, token) => client.GetGrain<IClientAccountGrain>(accountId).FindKeyAsync(keyId, token));
        }
        finally
        {
            _places.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _places.Dispose();
}
