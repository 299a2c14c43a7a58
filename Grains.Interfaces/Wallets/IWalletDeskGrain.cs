using Orleans.CodeGeneration;

namespace CocoonOrleans.Grains.Wallets;

/// <summary>The operator's wallet, for the operator. Key 0; the truth is the ledger and the chain.</summary>
[Alias("cocoon.WalletDesk"), Version(1)]
public interface IWalletDeskGrain : IGrainWithIntegerKey
{
    /// <summary>Lays the wallet's history beside the book, and lists what left that the book doesn't know, with what it was for.</summary>
    /// <param name="apply">Whether what can be explained is booked, and the wallet goes on where nothing else is left.</param>
    /// <param name="acceptLt">Logical time of the transaction that stops the wallet, to count what can't be explained as the operator's loss; 0 not to.</param>
    /// <param name="cancellationToken">Ends the wait; the outcome is unknown then, and repeating it does no harm.</param>
    [Alias("Reconcile")]
    Task<WalletReconciliation> ReconcileAsync(bool apply, long acceptLt, CancellationToken cancellationToken = default);
}
