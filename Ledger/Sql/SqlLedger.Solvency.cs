using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Solvency;
using CocoonOrleans.Market.Solvency;

namespace CocoonOrleans.Ledger.Sql;

public abstract partial class SqlLedger
{
    /// <inheritdoc/>
    public Task<SolvencyBook> ReadSolvencyAsync(CancellationToken cancellationToken) => ReadAsync(
        connection =>
        {
            using var transaction = connection.BeginSnapshot();
            return new SolvencyBook(
                connection.ReadAll(
                    """
                    SELECT p.account_id, p.balance FROM payers p JOIN accounts a ON a.account_id = p.account_id
                    WHERE p.balance > 0 AND (a.class = 'client' OR p.account_id IN ('suspense', 'payouts-in-flight')
                                             OR EXISTS (SELECT 1 FROM client_channels k WHERE k.receivable = p.account_id))
                    UNION ALL
                    SELECT e.account_id, sum(e.amount) FROM entries e JOIN accounts a ON a.account_id = e.account_id
                    WHERE a.class = 'provider' GROUP BY e.account_id HAVING sum(e.amount) > 0
                    """,
                    row => (row.GetString(0), row.Nano(1))),
                connection.ReadAll("SELECT wallet, cursor_lt, balance FROM wallets ORDER BY wallet", row => new BookedWallet(row.GetString(0), row.GetInt64(1), row.Nano(2))),
                connection.ReadAll(ChannelRows.SelectChannel + " WHERE h.phase IN ('open', 'closing') ORDER BY h.channel", ChannelRows.Channel),
                connection.ReadAll(ClientChannelRows.Select + " WHERE k.phase IN ('open', 'closing') ORDER BY k.channel", ClientChannelRows.Channel),
                connection.ReadAll(
                    "SELECT a.class, sum(e.amount) FROM entries e JOIN accounts a ON a.account_id = e.account_id GROUP BY a.class ORDER BY a.class",
                    row => (row.Enum<AccountClass>(0), row.Nano(1))));
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<StoredProof?> FindProofAsync(bool withLeaves, CancellationToken cancellationToken) => ReadAsync(
        connection =>
        {
            using var transaction = connection.BeginSnapshot();
            var newest = connection.ReadAll(
                "SELECT proof, assets, liabilities, statement, created_at FROM solvency_proofs ORDER BY proof DESC LIMIT 1",
                row => (Proof: row.GetInt64(0), Stored: new StoredProof(row.Nano(1), row.Nano(2), row.Bytes(3), row.Time(4), [])));
            return newest.Count == 0 ? null : !withLeaves ? newest[0].Stored : newest[0].Stored with
            {
                Leaves = connection.ReadAll(
                    "SELECT account_id, salt, amount FROM solvency_leaves WHERE proof = $proof ORDER BY position",
                    row => new SumLeaf(row.GetString(0), row.Bytes(1), row.Nano(2)),
                    ("$proof", newest[0].Proof)),
            };
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task AddProofAsync(StoredProof proof, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(proof);
        return WriteAsync(session => session.Solvency.Add(proof), weight: 1, cancellationToken);
    }
}
