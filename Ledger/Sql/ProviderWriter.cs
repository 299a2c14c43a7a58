using CocoonOrleans.Ledger.Providers;

namespace CocoonOrleans.Ledger.Sql;

/// <summary>Stores what providers ordered.</summary>
internal sealed class ProviderWriter(SqlStatements statements)
{
    private readonly SqlStatement _add = statements.Prepare(
        """
        INSERT INTO payout_orders (account_id, number, address, threshold, transfers, holds_from, bytes, created_at)
        SELECT a.account_id, $number, $address, $threshold, $transfers, $holdsFrom, $bytes, $now FROM accounts a
        WHERE a.account_id = $account AND a.class = 'provider'
          AND $number > (SELECT coalesce(max(o.number), 0) FROM payout_orders o WHERE o.account_id = $account)
        """);

    private readonly SqlStatement _same = statements.Prepare(
        "SELECT 1 FROM payout_orders WHERE account_id = $account AND number = $number AND bytes = $bytes");

    public bool TryAdd(PayoutOrder order, DateTimeOffset now)
    {
        if (_add.Run(
            ("$account", order.AccountId),
            ("$number", order.Number),
            ("$address", order.Address),
            ("$threshold", order.Threshold.Value),
            ("$transfers", order.ByTransfer ? 1L : 0L),
            ("$holdsFrom", order.HoldsFrom.ToUnixTimeMilliseconds()),
            ("$bytes", order.Bytes.ToArray()),
            ("$now", now.ToUnixTimeMilliseconds())) == 1)
        {
            return true;
        }

        using var row = _same.Query(("$account", order.AccountId), ("$number", order.Number), ("$bytes", order.Bytes.ToArray()));
        return row.Read();
    }
}
