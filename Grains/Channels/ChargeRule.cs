using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Market;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Grains.Channels;

/// <summary>When a voucher is brought to the chain: one rule for channels of both directions.</summary>
internal static class ChargeRule
{
    /// <summary>What waits long, or is most of the channel, moves at least so many times its fee.</summary>
    private const int LeastFees = 10;

    /// <summary>Whether to charge now: at once where the channel may end, else when enough waits for what it costs, or something for long.</summary>
    /// <param name="state">What the chain said last.</param>
    /// <param name="unclaimed">What a charge would bring, in nano.</param>
    /// <param name="threshold">How much is enough, in nano.</param>
    /// <param name="fee">What it costs, in nano.</param>
    /// <param name="waited">For how long it waits; null where nothing does.</param>
    /// <param name="longest">For how long something may wait.</param>
    public static bool ShouldCharge(ChannelSnapshot state, Nano unclaimed, Nano threshold, Nano fee, TimeSpan? waited, TimeSpan longest)
    {
        if (unclaimed < ChannelMessages.LeastPayout || state.Phase is not (WorkerChannelPhase.Open or WorkerChannelPhase.Closing))
        {
            return false;
        }

        bool endsSoon = state.Phase == WorkerChannelPhase.Closing || state.PendingWithdraw > Nano.Zero;
        bool isWorthIt = unclaimed.Value / LeastFees >= fee.Value;
        bool isMost = unclaimed > state.Deposited - state.Withdrawn - state.Claimed - unclaimed;
        return endsSoon || unclaimed >= threshold || (isWorthIt && (isMost || waited >= longest));
    }
}
