using System.Data.Common;
using CocoonOrleans.Ledger.Deposits;

namespace CocoonOrleans.Ledger.Sql;

/// <summary>The query of deposits, and what is made of its rows; a WHERE clause is added by who asks.</summary>
internal static class DepositRows
{
    public const string Select =
        """
        SELECT d.sequence, d.wallet, d.lt, d.hash, d.source, d.amount, d.comment, d.account_id, d.state, d.reason, d.created_at, d.ended_at FROM deposits d
        """;

    public static Deposit Deposit(DbDataReader row) => new(
        row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.Bytes(3), row.GetString(4), row.Nano(5), row.IsDBNull(6) ? null : row.GetString(6),
        row.IsDBNull(7) ? null : row.GetString(7), row.Enum<DepositState>(8), row.IsDBNull(9) ? null : row.Enum<SuspenseReason>(9), row.Time(10), row.TimeOrNull(11));
}
