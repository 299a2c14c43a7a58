using CocoonOrleans.Ledger.Deposits;

namespace CocoonOrleans.Ledger.Sql;

public abstract partial class SqlLedger
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<Deposit>> ListDepositsAsync(string? accountId, bool onlySuspense, int limit, CancellationToken cancellationToken)
    {
        CheckLimit(limit);
        return await ListAsync(
            DepositRows.Select
                + " WHERE (CAST($account AS TEXT) IS NULL OR d.account_id = $account) AND ($suspense = 0 OR d.state = 'suspense') ORDER BY d.sequence DESC LIMIT $limit",
            DepositRows.Deposit,
            cancellationToken,
            ("$account", accountId),
            ("$suspense", onlySuspense ? 1L : 0L),
            ("$limit", (long)limit));
    }

    /// <inheritdoc/>
    public async Task<Deposit?> FindDepositAsync(long sequence, CancellationToken cancellationToken) =>
        (await ListAsync(DepositRows.Select + " WHERE d.sequence = $sequence", DepositRows.Deposit, cancellationToken, ("$sequence", sequence))).SingleOrDefault();
}
