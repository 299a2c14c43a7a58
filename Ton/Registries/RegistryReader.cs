using CocoonOrleans.Market;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Chain;

namespace CocoonOrleans.Ton.Registries;

/// <summary>Reads one registry from the chain, as two owners of endpoints tell it wherever two are configured, and never one older than it read before. Not for concurrent use.</summary>
/// <param name="chain">The chain.</param>
/// <param name="address">Where the registry is.</param>
/// <param name="floor">What was believed before, by an earlier process too; null where nothing was.</param>
public sealed class RegistryReader(TonChain chain, TonAddress address, RegistryFloor? floor)
{
    /// <summary>What was believed last; whoever reads keeps it.</summary>
    public RegistryFloor? Floor { get; private set; } = floor;

    /// <summary>Reads it.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ChainException">Nobody gave an answer that can be used, or too few said the same.</exception>
    /// <exception cref="RegistryException">What they say is no registry that can be used.</exception>
    public async Task<RegistrySnapshot> ReadAsync(CancellationToken cancellationToken)
    {
        AccountState account = await chain.GetAccountToKeepAsync(address, Nano.Zero, cancellationToken);
        var snapshot = RegistrySnapshot.Read(chain.Network, address, account, Floor);
        Floor = RegistryFloor.Of(snapshot.State);
        return snapshot;
    }
}
