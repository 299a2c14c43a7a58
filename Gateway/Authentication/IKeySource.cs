using CocoonOrleans.Grains.Accounts;

namespace CocoonOrleans.Gateway.Authentication;

/// <summary>Where API keys are looked up.</summary>
public interface IKeySource
{
    /// <summary>The stored key, revoked ones included; null where there is none.</summary>
    /// <exception cref="Cluster.ClusterUnavailableException">Nobody answered.</exception>
    Task<ApiKeyView?> FindAsync(string accountId, string keyId);
}
