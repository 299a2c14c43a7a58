using CocoonOrleans.Grains.Wallets;

namespace CocoonOrleans.Grains.Registries;

/// <summary>What a chain says of the network's registry.</summary>
public interface IRegistryChain
{
    /// <summary>Network and address.</summary>
    /// <exception cref="ChainUnavailableException">Where it is can't be read.</exception>
    string Registry { get; }

    /// <summary>Reads it, said alike by two owners of endpoints where two are configured.</summary>
    /// <param name="floor">What was believed before; null for the first time.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ChainUnavailableException">There is no answer that can be used, or what is there went back or is no registry.</exception>
    Task<RegistryObservation> ReadAsync(RegistryMark? floor, CancellationToken cancellationToken);
}
