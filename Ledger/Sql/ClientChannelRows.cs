using System.Data.Common;
using CocoonOrleans.Ledger.Channels;

namespace CocoonOrleans.Ledger.Sql;

/// <summary>The query of clients' channels, and what is made of its rows; a WHERE clause is added by who asks.</summary>
internal static class ClientChannelRows
{
    public const string Select =
        """
        SELECT k.channel, k.account_id, k.payer_address, k.payer_key, k.payee_address, k.payee_key, k.close_delay, k.salt,
               k.phase, k.deposited, k.claimed, k.withdrawn, k.pending_withdraw, k.unlock_time, k.seqno, k.last_lt,
               k.voucher_serial, k.voucher, k.voucher_bytes, k.captured, k.held, k.paid, k.owed_since,
               (SELECT count(DISTINCT f.serial) FROM voucher_forks f WHERE f.channel = k.channel)
        FROM client_channels k
        """;

    public static ClientChannel Channel(DbDataReader row) => new()
    {
        Channel = row.GetString(0),
        AccountId = row.GetString(1),
        PayerAddress = row.GetString(2),
        PayerKey = row.Bytes(3),
        PayeeAddress = row.GetString(4),
        PayeeKey = row.Bytes(5),
        CloseDelay = row.GetInt64(6),
        Salt = row.GetInt64(7),
        State = ChannelRows.State(row),
        Voucher = row.IsDBNull(18) ? null : new ClientVoucher(row.GetInt64(16), row.Nano(17), row.Bytes(18)),
        Captured = row.Nano(19),
        Held = row.Nano(20),
        Paid = row.Nano(21),
        OwedSince = row.TimeOrNull(22),
        Forks = row.GetInt32(23),
    };
}
