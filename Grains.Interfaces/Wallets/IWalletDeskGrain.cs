using Orleans.CodeGeneration;

namespace CocoonOrleans.Grains.Wallets;

/// <summary>Which wallet is the operator's. Key 0.</summary>
[Alias("cocoon.WalletDesk"), Version(1)]
public interface IWalletDeskGrain : IGrainWithIntegerKey
{
    /// <summary>The operator's wallet, in raw form, the key of its <see cref="IWalletGrain"/>; null where nothing is settled.</summary>
    [Alias("Find")]
    Task<string?> FindAsync(CancellationToken cancellationToken = default);
}
