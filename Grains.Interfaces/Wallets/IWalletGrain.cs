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

    /// <summary>Lays the wallet's verified history beside the book, and lists what left that the book doesn't know, with what it was for.</summary>
    /// <param name="apply">Whether what can be explained is booked, and the wallet goes on where nothing else is left.</param>
    /// <param name="acceptLt">Logical time of the transaction that stops the wallet, to count what can't be explained as the operator's loss; 0 not to.</param>
    /// <param name="cancellationToken">Ends the wait; the outcome is unknown then, and repeating it does no harm.</param>
    [Alias("Reconcile")]
    Task<WalletReconciliation> ReconcileAsync(bool apply, long acceptLt, CancellationToken cancellationToken = default);
}
