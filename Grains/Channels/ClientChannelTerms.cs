using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Grains.Channels;

/// <summary>A client's channel in its several forms.</summary>
internal static class ClientChannelTerms
{
    /// <summary>The terms; their address is the only one that counts.</summary>
    public static ChannelTerms Terms(this ClientChannel channel) => new(
        TonAddress.ParseRaw(channel.PayerAddress),
        new PublicKey(new Bits256(channel.PayerKey.Span)),
        TonAddress.ParseRaw(channel.PayeeAddress),
        new PublicKey(new Bits256(channel.PayeeKey.Span)),
        checked((uint)channel.CloseDelay),
        unchecked((ulong)channel.Salt));

    /// <summary>A channel as it is stored before it is funded.</summary>
    public static ClientChannel ToClientChannel(this ChannelTerms terms, string accountId) => new()
    {
        Channel = terms.Address.ToString(),
        AccountId = accountId,
        PayerAddress = terms.PayerAddress.ToString(),
        PayerKey = terms.PayerKey.Bits.ToArray(),
        PayeeAddress = terms.PayeeAddress.ToString(),
        PayeeKey = terms.PayeeKey.Bits.ToArray(),
        CloseDelay = terms.CloseDelay,
        Salt = unchecked((long)terms.Salt),
    };

    /// <summary>What its client is shown.</summary>
    public static ClientChannelView ToView(this ClientChannel channel) => new(
        channel.Channel,
        channel.PayerAddress,
        channel.PayerKey.ToArray(),
        channel.PayeeAddress,
        channel.PayeeKey.ToArray(),
        channel.CloseDelay,
        unchecked((ulong)channel.Salt),
        channel.State.Phase.ToString().ToLowerInvariant(),
        channel.State.Deposited,
        channel.State.Claimed,
        channel.State.Withdrawn,
        channel.State.PendingWithdraw,
        channel.State.UnlockTime,
        channel.Captured,
        channel.Held,
        channel.Voucher?.Bytes.ToArray(),
        channel.Forks);
}
