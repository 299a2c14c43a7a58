namespace CocoonOrleans.Ledger.Deposits;

/// <summary>
/// Deposits in the ledger's database. They come in with the wallet's transactions (<see cref="Wallets.WalletStep"/>). Every member may throw
/// <see cref="LedgerUnavailableException"/>.
/// </summary>
public interface IDepositStore
{
    /// <summary>Lists deposits, the newest first.</summary>
    /// <param name="accountId">Only of this account; null for all.</param>
    /// <param name="onlySuspense">Only those that wait for the operator.</param>
    /// <param name="limit">The most to return, 1 to <see cref="Operations.LedgerLimits.MaxPageSize"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<IReadOnlyList<Deposit>> ListDepositsAsync(string? accountId, bool onlySuspense, int limit, CancellationToken cancellationToken);

    /// <summary>Reads a deposit; null where there is none.</summary>
    Task<Deposit?> FindDepositAsync(long sequence, CancellationToken cancellationToken);
}
