using CocoonOrleans.Market;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Signatures;

namespace CocoonOrleans.Ton.Vouchers;

/// <summary>
/// What the chain says of a channel. All amounts only grow over its life, so the state alone tells what happened: no history is needed.
/// </summary>
public sealed record ChannelState
{
    /// <summary>How far it is.</summary>
    public required ChannelPhase Phase { get; init; }

    /// <summary>What was put in, in nano.</summary>
    public required Nano Deposited { get; init; }

    /// <summary>What the payee got, in nano.</summary>
    public required Nano Claimed { get; init; }

    /// <summary>What the payer took back while it was open, in nano.</summary>
    public required Nano Withdrawn { get; init; }

    /// <summary>What the payer asked to take back, in nano.</summary>
    public required Nano PendingWithdraw { get; init; }

    /// <summary>Unix time in seconds after which the payer may go on; 0 when nothing waits.</summary>
    public required uint UnlockTime { get; init; }

    /// <summary>What the parties agreed on.</summary>
    public required ChannelTerms Terms { get; init; }

    /// <summary>What vouchers can still claim, in nano.</summary>
    public Nano Available => Deposited - Withdrawn - Claimed;

    /// <summary>Reads the data of a channel, which has the terms in it: compare their address with the account's.</summary>
    /// <exception cref="TonFormatException">It isn't the data of a channel.</exception>
    public static ChannelState Read(Cell data)
    {
        ArgumentNullException.ThrowIfNull(data);
        CellSlice slice = data.BeginRead();
        ulong phase = slice.ReadUInt(2, "channel.state");
        Nano deposited = slice.ReadCoins("channel.deposited");
        Nano claimed = slice.ReadCoins("channel.claimed");
        Nano withdrawn = slice.ReadCoins("channel.withdrawn");
        Nano pendingWithdraw = slice.ReadCoins("channel.pending withdraw");
        uint unlockTime = slice.ReadUInt32("channel.unlock time");
        uint closeDelay = slice.ReadUInt32("channel.close delay");
        ulong salt = slice.ReadUInt(64, "channel.salt");
        CellSlice parties = slice.ReadReference("channel.parties").BeginRead();
        slice.RequireEnd("channel");
        TonAddress payerAddress = parties.RequireAddress("channel.payer address");
        var payerKey = new PublicKey(parties.ReadBits256("channel.payer key"));
        CellSlice payee = parties.ReadReference("channel.payee").BeginRead();
        parties.RequireEnd("channel.parties");
        TonAddress payeeAddress = payee.RequireAddress("channel.payee address");
        var payeeKey = new PublicKey(payee.ReadBits256("channel.payee key"));
        payee.RequireEnd("channel.payee");
        if (phase > (ulong)ChannelPhase.Closed || claimed > deposited || withdrawn > deposited - claimed)
        {
            throw new TonFormatException("channel.state", "amounts or a state that no channel has");
        }

        return new ChannelState
        {
            Phase = (ChannelPhase)phase,
            Deposited = deposited,
            Claimed = claimed,
            Withdrawn = withdrawn,
            PendingWithdraw = pendingWithdraw,
            UnlockTime = unlockTime,
            Terms = new ChannelTerms(payerAddress, payerKey, payeeAddress, payeeKey, closeDelay, salt),
        };
    }
}
