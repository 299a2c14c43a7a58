using System.Data.Common;
using CocoonOrleans.Ledger.Channels;

namespace CocoonOrleans.Ledger.Sql;

/// <summary>The queries of the channels' rows, and what is made of them; a WHERE clause is added by who asks.</summary>
internal static class ChannelRows
{
    public const string SelectChannel =
        """
        SELECT h.channel, h.account_id, h.wallet, h.payer_key, h.payee_address, h.payee_key, h.close_delay, h.salt,
               h.phase, h.deposited, h.claimed, h.withdrawn, h.pending_withdraw, h.unlock_time, h.seqno, h.last_lt, h.stranded_at
        FROM channels h
        """;

    public const string SelectVoucher =
        "SELECT v.channel, v.serial, v.cumulative, v.context, v.covered_up_to, v.bytes, v.created_at FROM vouchers v";

    public static WorkerChannel Channel(DbDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetString(2), row.Bytes(3), row.GetString(4), row.Bytes(5), row.GetInt64(6), row.GetInt64(7),
        State(row))
    {
        IsStranded = !row.IsDBNull(16),
    };

    /// <summary>What the statements are given that take a state in, of channels in both directions.</summary>
    public static (string Name, object? Value)[] StateValues(string channel, ChannelSnapshot state) =>
    [
        ("$channel", channel),
        ("$phase", Values.Name(state.Phase)),
        ("$deposited", state.Deposited.Value),
        ("$claimed", state.Claimed.Value),
        ("$withdrawn", state.Withdrawn.Value),
        ("$pending", state.PendingWithdraw.Value),
        ("$unlock", state.UnlockTime),
        ("$seqno", state.Seqno),
        ("$lt", state.LastLt),
    ];

    /// <summary>The state in columns 8 to 15, where both kinds of channels have it.</summary>
    public static ChannelSnapshot State(DbDataReader row) => new(
        row.Enum<WorkerChannelPhase>(8), row.Nano(9), row.Nano(10), row.Nano(11), row.Nano(12), row.GetInt64(13), row.GetInt64(14), row.GetInt64(15));

    public static StoredVoucher Voucher(DbDataReader row) =>
        new(row.GetString(0), row.GetInt64(1), row.Nano(2), row.Bytes(3), row.GetInt64(4), row.Bytes(5), row.Time(6));
}
