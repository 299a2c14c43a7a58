using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;

namespace CocoonOrleans.Grains.Wallets;

/// <summary>Tells the operator's wallet to who doesn't know its address. It keeps nothing.</summary>
[StatelessWorker]
internal sealed class WalletDeskGrain(IServiceProvider services) : Grain, IWalletDeskGrain
{
    private readonly IWalletChain? _chain = services.GetService<IWalletChain>();

    public Task<string?> FindAsync(CancellationToken cancellationToken) => Task.FromResult(_chain is { Wallets: [string wallet, ..] } ? wallet : null);
}
