namespace CocoonOrleans.Ton.Vouchers;

/// <summary>How far a channel is.</summary>
public enum ChannelPhase
{
    /// <summary>Deposits, charges and withdrawals.</summary>
    Open = 0,

    /// <summary>The payer wants to leave: only charges, until the delay has passed.</summary>
    Closing = 1,

    /// <summary>For ever.</summary>
    Closed = 2,
}
