using System.Numerics;
using CocoonOrleans.Attestation.Provisioning;
using CocoonOrleans.Ton.Addresses;

namespace CocoonOrleans.Client.Registries;

/// <summary>
/// Remembers the highest version of each registry that this client has seen, for each network, so that nobody can show it an older one: images, models and gateways that were taken out would be back. It shares the store, and
/// on a client the file (<see cref="FileCollateralFloorStore"/>), with the floors of Intel's documents. Thread-safe.
/// </summary>
/// <param name="store">Keeps the versions; belongs to the caller.</param>
public sealed class RegistryFloors(ICollateralFloorStore store)
{
    private const int LongestNetwork = 64;

    /// <summary>Holds a version that was read from the chain to what was seen before, and remembers it. On the disk when it returns: only then is what the version says to be believed.</summary>
    /// <param name="networkId">The network, 1 to 64 characters without blanks.</param>
    /// <param name="registry">The registry's address.</param>
    /// <param name="version">The version: <see cref="Ton.Vouchers.RegistryState.Version"/>.</param>
    /// <param name="cancellationToken">Cancels it where nothing was remembered yet.</param>
    /// <exception cref="SealingRefusedException">A later one was seen (<see cref="SealingRefusalCodes.RegistryRollback"/>), or it can't be remembered (<see cref="SealingRefusalCodes.FloorsNotKept"/>).</exception>
    /// <exception cref="ArgumentException">The network's id is none.</exception>
    public async Task RaiseAsync(string networkId, TonAddress registry, uint version, CancellationToken cancellationToken = default)
    {
        var name = Name(networkId, registry);
        CollateralFloor? higher;
        try
        {
            higher = await store.RaiseAsync([new CollateralFloor(name, version)], cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SealingRefusedException(
                SealingRefusalCodes.FloorsNotKept,
                $"Version {version} of registry {registry} can't be remembered, so it is not believed: {e.Message} Make room on the disk, or let the client write its file of floors.",
                e);
        }

        if (higher is not null)
        {
            throw new SealingRefusedException(
                SealingRefusalCodes.RegistryRollback,
                $"Version {higher.Number} or later of registry {registry} in network {networkId} was expected, not {version}: somebody shows an older one. Ask another endpoint of the chain.");
        }
    }

    /// <summary>The highest version that was seen; null where none was.</summary>
    /// <param name="networkId">The network, 1 to 64 characters without blanks.</param>
    /// <param name="registry">The registry's address.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">The network's id is none.</exception>
    public async Task<uint?> FindAsync(string networkId, TonAddress registry, CancellationToken cancellationToken = default)
    {
        // Below every version, so that a floor that is there is told.
        var floor = await store.FindAboveAsync([new CollateralFloor(Name(networkId, registry), BigInteger.MinusOne)], cancellationToken);
        return (uint?)floor?.Number;
    }

    private static string Name(string networkId, TonAddress registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentException.ThrowIfNullOrWhiteSpace(networkId);
        return networkId.Length <= LongestNetwork && !networkId.Any(char.IsWhiteSpace)
            ? $"registry/{networkId}/{registry}"
            : throw new ArgumentException($"A network's id has 1 to {LongestNetwork} characters, without blanks.", nameof(networkId));
    }
}
