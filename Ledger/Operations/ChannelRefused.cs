using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Market;

namespace CocoonOrleans.Ledger.Operations;

/// <summary>A hold on a client's channel can't be placed. The voucher that came with it is stored all the same, where it is a better one.</summary>
/// <param name="Channel">The channel as it stands; null where the account has none of this address.</param>
/// <param name="Reason">Why.</param>
/// <param name="Shortfall">What is missing, in nano; zero where that is not the reason.</param>
/// <param name="Forked">Whether the voucher is the second one of its serial.</param>
public sealed record ChannelRefused(ClientChannel? Channel, ChannelRefusal Reason, Nano Shortfall, bool Forked) : LedgerResult;

/// <summary>Why a channel doesn't pay.</summary>
public enum ChannelRefusal
{
    /// <summary>The account has no such channel.</summary>
    Unknown,

    /// <summary>It is not funded yet, closing or closed, or its payer asked to withdraw: the payer may leave.</summary>
    NotOpen,

    /// <summary>The best voucher doesn't cover what was used, what is held, and this.</summary>
    VoucherTooLow,

    /// <summary>The channel doesn't hold enough for it.</summary>
    DepositTooLow,
}
