using CocoonOrleans.Market;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Messages;

namespace CocoonOrleans.Ton.Vouchers;

/// <summary>What a channel tells the parties with a message. A hint to look at the channel's state, which alone counts.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="QueryId">The number of the message that made it happen.</param>
/// <param name="Claimed">What the payee got so far, in nano; null where the message doesn't say.</param>
/// <param name="UnlockTime">Unix time in seconds after which the payer may go on; null where the message doesn't say.</param>
public sealed record ChannelNotice(ChannelNoticeKind Kind, ulong QueryId, Nano? Claimed = null, uint? UnlockTime = null)
{
    /// <summary>The notice in a message; null where the op is another.</summary>
    /// <exception cref="TonFormatException">The op is a notice's, the rest isn't.</exception>
    public static ChannelNotice? Find(Message message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (message.Op is not { } op || !Enum.IsDefined((ChannelNoticeKind)op))
        {
            return null;
        }

        var kind = (ChannelNoticeKind)op;
        CellSlice slice = message.Body.BeginRead();
        slice.ReadUInt32("notice.op");
        ulong queryId = slice.ReadUInt(64, "notice.query id");
        Nano? claimed = kind is ChannelNoticeKind.Paid or ChannelNoticeKind.CloseNotice ? slice.ReadCoins("notice.claimed") : null;
        uint? unlockTime = kind is ChannelNoticeKind.CloseNotice ? slice.ReadUInt32("notice.unlock time") : null;
        slice.RequireEnd("notice");
        return new ChannelNotice(kind, queryId, claimed, unlockTime);
    }
}
