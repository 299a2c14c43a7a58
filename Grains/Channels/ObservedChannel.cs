using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Grains.Channels;

/// <summary>What lies at a channel's address, where it is our contract with the terms that the address was computed from.</summary>
internal static class ObservedChannel
{
    /// <summary>Reads what the chain says.</summary>
    /// <param name="seen">What it says.</param>
    /// <param name="terms">The terms.</param>
    /// <param name="snapshot">The state; null where nothing lies there, or something else.</param>
    /// <returns>Why it is not our channel; null where it is, or nothing lies there.</returns>
    public static string? Read(ChannelObservation seen, ChannelTerms terms, out ChannelSnapshot? snapshot)
    {
        snapshot = null;
        if (seen.CodeHash is null || seen.Data is null)
        {
            return null;
        }

        if (!seen.CodeHash.AsSpan().SequenceEqual(ContractCode.Channel.Hash.ToArray()))
        {
            return "another code";
        }

        try
        {
            var state = ChannelState.Read(Boc.Parse(seen.Data));
            if (state.Terms != terms)
            {
                return "other terms";
            }

            snapshot = new ChannelSnapshot(
                state.Phase switch
                {
                    ChannelPhase.Open => WorkerChannelPhase.Open,
                    ChannelPhase.Closing => WorkerChannelPhase.Closing,
                    _ => WorkerChannelPhase.Closed,
                },
                state.Deposited,
                state.Claimed,
                state.Withdrawn,
                state.PendingWithdraw,
                state.UnlockTime,
                seen.Seqno,
                seen.LastLt)
            {
                LastHash = seen.LastHash is { } hash ? Convert.ToHexStringLower(hash) : null,
            };
            return null;
        }
        catch (TonFormatException malformed)
        {
            return malformed.Message;
        }
    }
}
