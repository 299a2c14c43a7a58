using CocoonOrleans.Grains.Wallets;
using CocoonOrleans.Market;
using Microsoft.Extensions.DependencyInjection;

namespace CocoonOrleans.Grains.Deposits;

/// <summary>The wallet that takes deposits, as soon as it may be shown: it has its code, so that nothing sent to it comes back.</summary>
internal sealed class DepositWallet(IServiceProvider services)
{
    private readonly IWalletChain? _chain = services.GetService<IWalletChain>();
    private volatile bool _isDeployed;

    /// <summary>The network (config parameter 19); null without a chain.</summary>
    public int? Network => _chain?.Network;

    /// <summary>Its address in raw form; null where there is none, or it has no code yet.</summary>
    /// <exception cref="ChainUnavailableException">The chain doesn't say.</exception>
    public async Task<string?> FindAsync(CancellationToken cancellationToken)
    {
        if (_chain is not { Wallets: [string wallet, ..] })
        {
            return null;
        }

        // Its counter grew with the message that deployed it, and never falls.
        _isDeployed = _isDeployed || (await _chain.ReadAsync(wallet, Nano.Zero, cancellationToken)).Seqno > 0;
        return _isDeployed ? wallet : null;
    }
}
