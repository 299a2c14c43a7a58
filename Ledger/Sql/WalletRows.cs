using System.Data.Common;
using CocoonOrleans.Ledger.Wallets;

namespace CocoonOrleans.Ledger.Sql;

/// <summary>The queries of the wallets' rows, and what is made of them; a WHERE clause is added by who asks.</summary>
internal static class WalletRows
{
    public const string SelectIntent =
        """
        SELECT i.sequence, i.intent_id, i.query_id, i.wallet, i.destination, i.value, i.amount, i.body, i.init, i.purpose, i.account_id, i.state, i.skips,
               i.sent_by, i.message_lt, i.exit_code, i.created_at, i.ended_at
        FROM intents i
        """;

    public const string SelectSend = "SELECT s.wallet, s.seqno, s.attempt, s.valid_until, s.body_hash, s.message FROM wallet_sends s";

    public const string SelectCursor = "SELECT w.cursor_lt, w.cursor_hash, w.balance FROM wallets w";

    public const string SelectUnknown =
        """
        SELECT u.wallet, u.message_lt, u.lt, u.hash, u.destination, u.value, u.body_hash, u.body, u.query_id, u.returned, u.state, u.account_id FROM unknown_payments u
        """;

    public static Intent Intent(DbDataReader row) => new()
    {
        Sequence = row.GetInt64(0),
        IntentId = row.Id(1),
        QueryId = row.GetInt64(2),
        Wallet = row.GetString(3),
        Destination = row.GetString(4),
        Value = row.Nano(5),
        Amount = row.Nano(6),
        Body = row.Bytes(7),
        Init = row.BytesOrNull(8),
        Purpose = row.Enum<IntentPurpose>(9),
        AccountId = row.IsDBNull(10) ? null : row.GetString(10),
        State = row.Enum<IntentState>(11),
        Skips = row.GetInt32(12),
        SentBy = row.BytesOrNull(13),
        MessageLt = row.IsDBNull(14) ? null : row.GetInt64(14),
        ExitCode = row.IsDBNull(15) ? null : row.GetInt32(15),
        CreatedAt = row.Time(16),
        EndedAt = row.TimeOrNull(17),
    };

    public static UnknownPayment Unknown(DbDataReader row) => new()
    {
        Wallet = row.GetString(0),
        MessageLt = row.GetInt64(1),
        Lt = row.GetInt64(2),
        Hash = row.Bytes(3),
        Destination = row.GetString(4),
        Value = row.Nano(5),
        BodyHash = row.Bytes(6),
        Body = row.BytesOrNull(7),
        QueryId = row.IsDBNull(8) ? null : row.GetInt64(8),
        Returned = row.Nano(9),
        State = row.Enum<UnknownPaymentState>(10),
        AccountId = row.IsDBNull(11) ? null : row.GetString(11),
    };

    public static WalletSend Send(DbDataReader row) =>
        new(row.GetString(0), row.GetInt64(1), row.GetInt32(2), row.GetInt64(3), row.Bytes(4), row.Bytes(5));

    public static WalletCursor Cursor(DbDataReader row) => new(row.GetInt64(0), row.Bytes(1), row.Nano(2));
}
