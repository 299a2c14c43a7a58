using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;

namespace CocoonOrleans.Grains.Wallets;

/// <summary>Finds the operator's wallet for who doesn't know its address. It keeps nothing.</summary>
[StatelessWorker]
internal sealed class WalletDeskGrain(IServiceProvider services) : Grain, IWalletDeskGrain
{
    private readonly IWalletChain? _chain = services.GetService<IWalletChain>();

    public Task<WalletReconciliation> ReconcileAsync(bool apply, long acceptLt, CancellationToken cancellationToken) => _chain is { Wallets: [string wallet, ..] }
        ? GrainFactory.GetGrain<IWalletGrain>(wallet).ReconcileAsync(apply, acceptLt, cancellationToken)
        : Task.FromResult(new WalletReconciliation { Status = WalletReconciliationStatus.NoWallet, Wallet = "" });
}
