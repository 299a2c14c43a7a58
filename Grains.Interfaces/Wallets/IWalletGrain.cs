using Orleans.CodeGeneration;
using Orleans.Concurrency;

namespace CocoonOrleans.Grains.Wallets;

/// <summary>
/// One wallet on the chain; the key is its address in raw form. It sends what stands in the ledger's table of intents, each exactly once, one signed
/// message at a time. Nobody calls it to send: whoever wants something sent places an intent, and reads there what became of it.
/// </summary>
[Alias("cocoon.Wallet"), Version(1)]
public interface IWalletGrain : IGrainWithStringKey
{
    /// <summary>Makes it look at its intents and at the chain soon. Returns at once; repeating it does no harm.</summary>
    [Alias("Wake"), OneWay]
    Task WakeAsync(CancellationToken cancellationToken = default);

    /// <summary>Reads the wallet's verified history, lists what left that the book doesn't know, and books it where told to; see <see cref="IWalletDeskGrain"/>.</summary>
    [Alias("Reconcile")]
    Task<WalletReconciliation> ReconcileAsync(bool apply, long acceptLt, CancellationToken cancellationToken = default);
}
