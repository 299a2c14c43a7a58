using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Grains.Channels;

/// <summary>Computes a stored channel's terms, from which its address follows.</summary>
internal static class WorkerChannelTerms
{
    /// <summary>The terms; their address is the only one that counts.</summary>
    public static ChannelTerms Terms(this WorkerChannel channel) => new(
        TonAddress.ParseRaw(channel.Wallet),
        new PublicKey(new Bits256(channel.PayerKey.Span)),
        TonAddress.ParseRaw(channel.PayeeAddress),
        new PublicKey(new Bits256(channel.PayeeKey.Span)),
        checked((uint)channel.CloseDelay),
        unchecked((ulong)channel.Salt));

    /// <summary>A channel as it is stored before it is funded.</summary>
    public static WorkerChannel ToWorkerChannel(this ChannelTerms terms, string accountId) => new(
        terms.Address.ToString(),
        accountId,
        terms.PayerAddress.ToString(),
        terms.PayerKey.Bits.ToArray(),
        terms.PayeeAddress.ToString(),
        terms.PayeeKey.Bits.ToArray(),
        terms.CloseDelay,
        unchecked((long)terms.Salt),
        ChannelSnapshot.Unseen);
}
