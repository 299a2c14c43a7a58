using CocoonOrleans.Market;

namespace CocoonOrleans.Ledger.Channels;

/// <summary>What the chain said of a channel, as of a masterchain block. Amounts only grow, so this alone says what happened.</summary>
/// <param name="Phase">How far it is.</param>
/// <param name="Deposited">What was put in, in nano.</param>
/// <param name="Claimed">What the provider got, in nano.</param>
/// <param name="Withdrawn">What the operator took back, in nano.</param>
/// <param name="PendingWithdraw">What the operator asked to take back, in nano.</param>
/// <param name="UnlockTime">Unix time in seconds after which the operator may go on; 0 when nothing waits.</param>
/// <param name="Seqno">The masterchain block; 0 before it was seen.</param>
/// <param name="LastLt">Logical time of its last transaction; with <paramref name="Seqno"/> the cursor: nothing older is taken.</param>
public sealed record ChannelSnapshot(
    WorkerChannelPhase Phase, Nano Deposited, Nano Claimed, Nano Withdrawn, Nano PendingWithdraw, long UnlockTime, long Seqno, long LastLt)
{
    /// <summary>Hash of its last transaction, hexadecimal, as it was seen; null where it wasn't, and when read from the books.</summary>
    public string? LastHash { get; init; }

    /// <summary>A channel that nobody has funded.</summary>
    public static ChannelSnapshot Unseen { get; } = new(WorkerChannelPhase.Unfunded, Nano.Zero, Nano.Zero, Nano.Zero, Nano.Zero, 0, 0, 0);

    /// <summary>The most that vouchers may come to, in nano: what is deposited, less what went back or may go back.</summary>
    public Nano Limit => Deposited - Withdrawn - PendingWithdraw;
}

/// <summary>How far a channel is.</summary>
public enum WorkerChannelPhase
{
    /// <summary>Not on the chain yet.</summary>
    Unfunded,

    /// <summary>Takes deposits and charges.</summary>
    Open,

    /// <summary>The operator wants to leave: only charges.</summary>
    Closing,

    /// <summary>For ever.</summary>
    Closed,
}
