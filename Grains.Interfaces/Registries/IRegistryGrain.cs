using Orleans.CodeGeneration;

namespace CocoonOrleans.Grains.Registries;

/// <summary>
/// The network's registry as the chain tells it: read every few seconds, never going back, the last known kept on the disk. Key 0. Gateways ask for it every second, and close what it doesn't allow.
/// </summary>
[Alias("cocoon.Registry"), Version(1)]
public interface IRegistryGrain : IGrainWithIntegerKey
{
    /// <summary>What is known. Answers from memory.</summary>
    /// <param name="knownRevision">The revision that the caller has; -1 for none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Alias("Get")]
    Task<RegistryAnswer> GetAsync(long knownRevision, CancellationToken cancellationToken = default);
}
